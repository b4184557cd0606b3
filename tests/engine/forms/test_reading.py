"""What is sent becomes values, or clear sentences beside the fields."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from engine.forms import catalogue, reading
from engine.forms.definition import Circumstance, Field, Option
from engine.forms.kinds import CITY, KINDS, Point
from engine.kit.errors import Invalid

BUREAUS = {"departments": [Option("7", "东城环卫所"), Option("8", "市政公司")]}


def one(kind: str, sent: Any, **rules: Any) -> Any:
    """The value of a single question of ``kind`` to which ``sent`` was answered."""
    return reading.read([Field("answer", "Answer", kind, **rules)], {"answer": sent})["answer"]


def sentences(form: str, data: Mapping[str, Any], options: Any = None) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        catalogue.load(form).read(data, options)
    return {name: [str(error) for error in errors] for name, errors in caught.value.fields.items()}


def refused(kind: str, sent: Any, **rules: Any) -> str:
    with pytest.raises(Invalid) as caught:
        one(kind, sent, **rules)
    return str(caught.value.fields["answer"][0])


def test_a_dispatch_names_one_of_the_offered_departments() -> None:
    values = catalogue.load("dispatch").read({"department_id": "7", "note": "请尽快"}, BUREAUS)
    assert values == {"department_id": 7, "note": "请尽快"}
    assert sentences("dispatch", {"department_id": "9"}, BUREAUS) == {
        "department_id": ["Please choose one of the offered values."]
    }


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert sentences("handling", {}) == {"photos": ["Please add at least one photo."], "note": ["Please fill this in."]}
    assert sentences("arbitration", {"note": "x" * 1001}, BUREAUS) == {
        "department_id": ["Please fill this in."],
        "authorised_by": ["Please fill this in."],
        "minutes_number": ["Please fill this in."],
        "note": ["Please use at most 1000 characters."],
    }


def test_unknown_keys_are_ignored_and_unanswered_fields_are_empty() -> None:
    assert catalogue.load("confirmation").read({"result": "gone", "csrf_token": "x"}) == {
        "result": "gone", "photos": [], "point": None, "note": "",
    }  # fmt: skip


def test_what_is_required_may_depend_on_another_answer() -> None:
    assert sentences("verification", {"result": "failed", "photos": ["a.jpg"]}) == {"note": ["Please fill this in."]}
    assert catalogue.load("verification").read({"result": "passed", "photos": ["a.jpg"]})["note"] == ""


def test_a_field_that_is_not_asked_has_no_say() -> None:
    values = catalogue.load("call_back").read({"answer": "satisfied", "is_justified": "1"})
    assert values["is_justified"] is False
    values = catalogue.load("call_back").read({"answer": "dissatisfied", "is_justified": "on", "note": "仍有垃圾"})
    assert values["is_justified"] is True


def test_a_browser_form_may_send_a_name_several_times() -> None:
    data = MultiDict([("answer", "a"), ("answer", "b"), ("answer", "a")])
    offered = (Option("a", "A"), Option("b", "B"))
    question = Field("answer", "Answer", "multi", options=offered)
    assert reading.read([question], data)["answer"] == ["a", "b"]


def test_what_is_not_sent_has_its_default_but_a_box_is_unticked() -> None:
    assert catalogue.load("closure").read({})["result"] == "resolved"
    assert sentences("closure", {"result": ""}) == {"result": ["Please fill this in."]}
    call = {"description": "路灯不亮", "place": "解放路 5 号", "reporter_phone": "110"}
    assert catalogue.load("call").read(call)["wants_call_back"] is False
    assert "photos" in sentences("report", {}), "a patrol, unless another source is named"


def test_text_is_trimmed_and_rid_of_what_nobody_sees() -> None:
    assert one("text", "  井盖\u0007破损\u202e\n路口 ") == "井盖破损 路口"
    assert one("long_text", "一\r\n二\x1b") == "一\n二"
    assert refused("text", "a\0b") == "This holds a character that cannot be stored."
    assert refused("text", {"a": 1}) == "This cannot be read as text."


def test_text_is_never_endless() -> None:
    assert refused("text", "长" * 501) == "Please use at most 500 characters."
    assert refused("long_text", "长" * 5001) == "Please use at most 5000 characters."


def test_blanks_do_not_answer_a_required_question() -> None:
    assert refused("text", "   ", required=True) == "Please fill this in."


def test_numbers_are_plain_and_bounded() -> None:
    assert one("integer", "１２") == 12
    assert one("integer", "0", required=True) == 0
    assert one("number", "2.5") == 2.5
    for wrong in ("1_000", "twelve", "1e3", "9" * 30):
        assert refused("integer", wrong) == "Please enter a whole number."
    assert refused("number", "nan") == "Please enter a number."
    assert refused("number", "-1", minimum=0) == "Please enter at least 0."
    assert refused("integer", "11", maximum=10) == "Please enter at most 10."


def test_a_place_is_longitude_then_latitude() -> None:
    assert one("point", "116.397，39.908") == Point(116.397, 39.908)
    assert refused("point", "39.908,116.397") == "Longitude goes from -180 to 180, latitude from -90 to 90."
    assert refused("point", "nan,nan") == "Longitude goes from -180 to 180, latitude from -90 to 90."
    assert refused("point", "here").startswith("Please enter longitude and latitude")
    assert refused("point", "", required=True) == "Please mark the place on the map."


def test_a_moment_without_zone_is_the_citys() -> None:
    assert one("datetime", "2026-03-02T09:30") == datetime(2026, 3, 2, 9, 30, tzinfo=CITY)
    assert one("datetime", "2026-03-02T01:30+00:00").utcoffset() == timedelta(0)
    assert refused("datetime", "tomorrow").startswith("Please enter a date and time")


@pytest.mark.parametrize("text", ["9999-12-31T23:00-12:00", "9999-12-31T20:00+00:00", "0001-01-01T00:00"])
def test_a_moment_beyond_the_calendar_of_machines_is_none(text: str) -> None:
    assert refused("datetime", text).startswith("Please enter a date and time")


def test_files_are_counted_and_empty_parts_are_none() -> None:
    assert one("photos", ["", "a.jpg"], max_count=1) == ["a.jpg"]
    assert refused("photos", ["a", "b"], max_count=1) == "Please choose at most 1 files."
    assert refused("documents", [""], required=True) == "Please add at least one document."


def test_a_telephone_number_looks_like_one() -> None:
    assert one("text", "０１０-６５１２ 3456", format="phone") == "010-6512 3456"
    assert refused("text", "call me", format="phone").startswith("A telephone number is made of")


def test_a_circumstance_holds_for_any_of_its_answers() -> None:
    circumstance = Circumstance("source", frozenset({"patrol", "video"}))
    assert circumstance.holds({"source": ["video"]})
    assert not circumstance.holds({})


@given(st.sampled_from(sorted(KINDS)), st.one_of(st.none(), st.text(), st.lists(st.text()), st.integers(), st.binary()))
def test_whatever_is_sent_gives_a_value_or_a_sentence(kind: str, sent: Any) -> None:
    try:
        one(kind, sent)
    except Invalid as refusal:
        assert all(str(error) for error in refusal.fields["answer"])


@given(st.text(max_size=300))
def test_kept_text_can_be_stored(text: str) -> None:
    if "\0" not in text:
        one("long_text", text).encode("utf-8")
