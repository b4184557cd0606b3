"""A citizen's number and name leave the texts that everybody reads."""

import pytest

from engine.cases import masking, queries, reporters
from engine.cases.models import CaseReporter, Source, TimelineEntry
from engine.cases.queries import CaseFilter
from engine.cases.reporting import Reporter
from engine.kit.db import db
from tests.stories import Story

WANG = CaseReporter(name="王小芳", phone="13800001234")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("王小芳反映，电话13800001234", "王**反映，电话138****1234"),
        ("请回电 138 0000-1234。", "请回电 138****1234。"),
        ("编号913800001234500", "编号913800001234500"),
        ("店主电话13911112222", "店主电话13911112222"),
        ("王小芳路口的井盖", "王小芳路口的井盖"),
    ],
)
def test_only_the_reporter_is_left_out(text, masked):
    assert masking.leave_out(text, [WANG]) == masked


def test_a_name_that_is_none_stays():
    assert masking.leave_out("市民反映垃圾", [CaseReporter(name="市民", phone="")]) == "市民反映垃圾"
    assert masking.leave_out("Ann saw an annex", [CaseReporter(name="Ann", phone="")]) == "A** saw an annex"
    assert masking.leave_out("a (b", [CaseReporter(name="(b", phone="12")]) == "a (**"


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800001234", "138****1234"),
        ("010-12345678", "010****5678"),
        ("87654321", "****21"),
        ("110", "****"),
        ("", ""),
    ],
)
def test_a_short_number_shows_less(phone, masked):
    assert masking.number(phone) == masked


def called(city, **changes):
    given = {
        "description": "王小芳（13800001234）反映楼下有垃圾",
        "place": "望江路12号 13800001234",
        "reporter": Reporter("王小芳", "13800001234"),
    }
    return Story(city).report("sun", source=Source.hotline, photos=(), **(given | changes))


def test_what_the_call_taker_typed_holds_neither_number_nor_name(city):
    case = called(city).case
    texts = (case.title, case.description, case.place, *db.session.scalars(db.select(TimelineEntry.note)))
    assert "138****1234" in case.description
    assert not [text for text in texts if "13800001234" in text or "王小芳" in text]
    assert reporters.reveal(case, by=city.li, at=case.reported_at).phone == "13800001234"


def test_a_number_finds_no_case(city):
    story = called(city)
    for words in ("13800001234", "1380000", "王小芳"):
        assert not queries.find(CaseFilter(text=words), city.wang, at=story.now).rows, words
    assert queries.find(CaseFilter(text="楼下有垃圾"), city.wang, at=story.now).rows


def test_a_note_written_later_holds_neither(city):
    story = called(city).do("li", "confirmation_request", note="已电话联系王小芳 13800001234，请核实")
    story.do("chen", "comment", note="138-0000-1234 无人接听")
    notes = list(db.session.scalars(db.select(TimelineEntry.note)))
    assert "已电话联系王** 138****1234，请核实" in notes
    assert "138****1234 无人接听" in notes


def test_a_merged_reports_citizen_is_left_out_of_the_leading_case(city):
    story = Story(city).report()
    call = called(city)
    call.do("li", "merger", into_number=story.case.number)
    story.do("li", "comment", note="已回访 13800001234")
    assert "已回访 138****1234" in db.session.scalars(db.select(TimelineEntry.note)).all()
