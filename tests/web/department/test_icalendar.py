from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.city import at
from tests.web.department.ics import parse
from web.department.icalendar import Event, written

NOW = at("2026-03-02 09:00")
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=200)


def event(summary="处置 · 暴露垃圾", uid="a@cityloop"):
    return Event(uid, NOW + timedelta(days=1), summary, "https://city.example/desk/cases/1")


def test_moments_are_in_utc():
    (found,) = parse(written([event()], name="到期", at=NOW))
    assert (found["DTSTAMP"], found["DTEND"]) == ("20260302T010000Z", "20260303T010000Z")


def test_an_empty_calendar_is_one_too():
    assert parse(written([], name="到期", at=NOW)) == []


def test_a_line_that_would_be_one_octet_too_long_is_folded():
    for length in range(55, 90):
        (found,) = parse(written([event("x" * length)], name="n", at=NOW))
        assert found["SUMMARY"] == "x" * length


@given(st.lists(TEXTS, max_size=4), TEXTS)
def test_any_words_come_back_as_they_were(summaries, name):
    events = [event(text, f"{number}@cityloop") for number, text in enumerate(summaries)]
    found = parse(written(events, name=name, at=NOW))
    kept = ["".join(c for c in text if c in "\t\n" or (ord(c) >= 32 and ord(c) != 127)) for text in summaries]
    assert [one["SUMMARY"].replace("\t", " ") for one in found] == [text.replace("\t", " ") for text in kept]
