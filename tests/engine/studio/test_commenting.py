"""What people say about elements of a draft."""

import pytest

from engine.kit.db import unit_of_work
from engine.kit.errors import Invalid
from engine.studio import commenting, drafting
from engine.studio.errors import CommentResolved, NoSuchDraft


def say(draft, text, *, by, at, element="accept"):
    with unit_of_work():
        return commenting.comment(draft.id, element, text, by=by, at=at)


def test_a_comment_says_who_and_about_what(city, draft, minute):
    say(draft, " 时限太短 ", by=city.zhao, at=minute(1))
    [said] = commenting.of(draft.id)
    assert (said.element_id, said.text, said.by, said.resolved_by) == ("accept", "时限太短", city.zhao.name, "")


def test_a_comment_is_settled_once(city, draft, minute):
    row = say(draft, "时限太短", by=city.zhao, at=minute(1))
    with unit_of_work():
        commenting.resolve(draft.id, row.id, by=city.system_admin, at=minute(2))
    assert commenting.of(draft.id)[0].resolved_by == city.system_admin.name
    with pytest.raises(CommentResolved):
        commenting.resolve(draft.id, row.id, by=city.zhao, at=minute(3))


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_nothing_and_too_much_are_refused(city, draft, minute, text):
    with pytest.raises(Invalid) as refused:
        commenting.comment(draft.id, "accept", text, by=city.zhao, at=minute(1))
    assert "text" in refused.value.fields


def test_what_is_over_is_not_talked_about(city, draft, minute):
    with unit_of_work():
        drafting.discard(draft.id, by=city.system_admin, at=minute(1))
    with pytest.raises(NoSuchDraft):
        commenting.comment(draft.id, "accept", "晚了", by=city.zhao, at=minute(2))
    with pytest.raises(NoSuchDraft):
        commenting.resolve(draft.id, 99, by=city.zhao, at=minute(2))
