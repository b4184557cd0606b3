"""When a question is asked: circumstances, alone or joined, as a file holds them and as they are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.forms import contracts, linting
from engine.forms.definition import Circumstance, Field, Rule
from engine.kit.i18n import Bilingual, translate

NAMES = st.sampled_from(["a", "b"])
ANSWERS = st.sampled_from(["x", "y", "1"])
TOLD = st.one_of(
    st.builds(lambda name, kind, answers: {"field": name, kind: sorted(answers)}, NAMES,
              st.sampled_from(["is", "is_not"]), st.sets(ANSWERS, min_size=1)),
    st.builds(lambda name, kind, bound: {"field": name, kind: bound}, NAMES,
              st.sampled_from(["at_least", "at_most"]), st.integers(-5, 5)),
    st.builds(lambda name, kind: {"field": name, kind: True}, NAMES, st.sampled_from(["answered", "unanswered"])),
)  # fmt: skip
RULES = st.one_of(
    TOLD, st.builds(lambda join, all_: {join: all_}, st.sampled_from(["all", "any"]), st.lists(TOLD, min_size=2))
)
DATA = st.fixed_dictionaries({}, optional={name: st.one_of(ANSWERS, st.just(""), st.integers(-9, 9)) for name in "ab"})


def field(rule):
    return Field.of({"name": "c", "label": "C", "kind": "text", "visible_when": rule})


@given(rule=RULES, data=DATA)
def test_a_rule_is_kept_as_it_was_told_and_holds_as_its_parts_do(rule, data):
    when = field(rule).visible_when
    assert when.entry() == rule
    if isinstance(when, Rule):
        parts = [one.holds(data) for one in when.circumstances]
        assert when.holds(data) == (all(parts) if when.join == "all" else any(parts))


@given(answers=st.sets(ANSWERS, min_size=1), data=DATA)
def test_is_not_says_the_contrary_of_is(answers, data):
    one, other = Circumstance("a", frozenset(answers)), Circumstance("a", frozenset(answers), "is_not")
    assert one.holds(data) != other.holds(data)
    assert Circumstance("a", comparison="answered").holds(data) != Circumstance("a", comparison="unanswered").holds(
        data
    )


@pytest.mark.parametrize(("text", "holds"), [("3", True), ("２", True), ("1.5", False), ("", False), ("many", False)])
def test_numbers_are_compared_as_numbers(text, holds):
    assert Circumstance("tons", comparison="at_least", bound=2).holds({"tons": text}) is holds


@pytest.mark.parametrize(
    "rule",
    [{"all": []}, {"none": [{"field": "a", "is": ["1"]}]}, {"field": "a"}, {"field": "a", "at_least": "2"},
     {"field": "a", "answered": False}, {"field": "a", "python": "1"}, {"field": "a", "is": ["1"], "is_not": ["2"]},
     {"field": "b", "is": ["1"]}, "a == 1", {"all": {"field": "a", "is": ["1"]}}],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_is_found(rule):
    fields = [
        {"name": "a", "label": "A", "kind": "text"},
        {"name": "b", "label": "B", "kind": "text", "visible_when": rule},
    ]
    entry = {"name": "trial", "version": 1, "title": "T", "submit": "S", "fields": fields}
    assert [one.field for one in linting.check(entry)] == ["b"]


def test_words_of_a_city_are_told_in_the_readers_language():
    text = Bilingual("吊车", "Crane")
    assert (str(text), translate(text, "en"), translate(text, "zh_Hans_CN")) == ("吊车", "Crane", "吊车")
    assert Bilingual("", "Crane") == "Crane"
    assert Bilingual("吊车", "").told("en") == "吊车"


def verification(**changed):
    """The form of a verification, its result as ``changed``."""
    result = {"name": "result", "label": "结论", "kind": "choices", "required": True,
              "options": [{"value": "passed", "label": "好"}, {"value": "failed", "label": "差"}]}  # fmt: skip
    photos = {"name": "photos", "label": "照片", "kind": "photos", "required": True, "max_count": 9}
    note = {"name": "note", "label": "说明", "kind": "long_text", "required": True, "max_length": 1000}
    entry = {"name": "verification", "version": 2, "title": "T", "submit": "S"}
    return entry | {"fields": [result | changed, photos, note]}


@pytest.mark.parametrize(
    "changed",
    [{"kind": "text", "options": []}, {"required": False}, {"visible_when": {"field": "note", "answered": True}},
     {"options": [{"value": "maybe", "label": "？"}]}, {"options_from": "outcomes"}],
)  # fmt: skip
def test_what_an_act_reads_keeps_its_kind_its_choices_and_its_need(changed):
    assert contracts.check(verification()) == []
    assert [one.field for one in contracts.check(verification(**changed))][:1] == ["result"]


def test_an_act_is_given_no_more_than_its_own_form_allows():
    entry = verification()
    entry["fields"][2]["max_length"] = 1001
    assert [one.field for one in contracts.check(entry)] == ["note"]
    del entry["fields"][1]
    assert [one.field for one in contracts.check(entry)] == ["photos", "note"]


@pytest.mark.parametrize(
    ("part", "value"),
    [("title", "长" * 121), ("help", {"zh": "长" * 1001, "en": ""}), ("fields", [{"name": f"q{n}", "label": "L",
     "kind": "text"} for n in range(61)]), ("title", {"zh": "", "en": " "}), ("title", {"fr": "Titre"})],
)  # fmt: skip
def test_a_form_has_its_measure(part, value):
    assert linting.check(verification() | {part: value})


@pytest.mark.parametrize(
    "changed",
    [{"label": "长" * 201}, {"options": [{"value": f"o{n}", "label": "L"} for n in range(101)]}, {"width": "third"},
     {"phrases": ["长" * 301]}, {"min_length": 5, "max_length": 4}, {"options": "abc"}, {"options": ["a"]},
     {"phrases": "abc"}, {"phrases": [1]}, {"max_length": "9"}, {"required": "yes"}, {"kind": ["text"]},
     {"help": {"zh": 1}}, {"options_from": ["a"]}, {"format": {}}],
)  # fmt: skip
def test_a_question_has_its_measure(changed):
    assert linting.check(verification(**changed))
