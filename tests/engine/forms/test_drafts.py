"""What was typed survives an expired session, for its writer and for a day."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import func, select

from engine.forms import drafts, jobs
from engine.forms.errors import DraftTooLarge, NoSuchDraft
from engine.forms.models import FormDraft
from engine.kit.db import db, unit_of_work
from engine.organization.models import User
from tests.city import City

At = Callable[[str], datetime]
PAGE = "/desk/cases/7/dispatch"


@pytest.fixture
def people(city: City) -> tuple[int, int]:
    """Ids of two users of the small city."""
    first, second = db.session.scalars(select(User.id).order_by(User.id).limit(2)).all()
    return first, second


def test_a_draft_is_taken_once(people: tuple[int, int], at: At) -> None:
    with unit_of_work():
        number = drafts.keep(people[0], PAGE, {"note": "请先围护", "multi": ["a", "b"]}, at("2026-03-02 09:00"))
    with unit_of_work():
        assert drafts.take(people[0], number) == {"note": ["请先围护"], "multi": ["a", "b"]}
    with pytest.raises(NoSuchDraft):
        drafts.take(people[0], number)


def test_nobody_takes_another_persons_draft(people: tuple[int, int], at: At) -> None:
    number = drafts.keep(people[0], PAGE, {"note": "x"}, at("2026-03-02 09:00"))
    with pytest.raises(NoSuchDraft):
        drafts.take(people[1], number)


def test_one_page_has_one_draft_of_a_person(people: tuple[int, int], at: At) -> None:
    drafts.keep(people[0], PAGE, {"note": "old"}, at("2026-03-02 09:00"))
    number = drafts.keep(people[0], PAGE, {"note": "new"}, at("2026-03-02 09:05"))
    assert db.session.scalar(select(func.count()).select_from(FormDraft)) == 1
    assert drafts.take(people[0], number) == {"note": ["new"]}


def test_secrets_and_nul_are_never_kept_and_size_is_capped(people: tuple[int, int], at: At) -> None:
    number = drafts.keep(people[0], PAGE, {"password": "x", "csrf_token": "y", "note": "a\0b"}, at("2026-03-02 09:00"))
    assert drafts.take(people[0], number) == {"note": ["ab"]}
    with pytest.raises(DraftTooLarge):
        drafts.keep(people[0], PAGE, {"note": "长" * 30_000}, at("2026-03-02 09:00"))


def test_drafts_are_forgotten_after_a_day(people: tuple[int, int], at: At) -> None:
    with unit_of_work():
        drafts.keep(people[0], PAGE, {"note": "old"}, at("2026-03-02 09:00"))
        drafts.keep(people[1], PAGE, {"note": "young"}, at("2026-03-02 21:00"))
    assert jobs.purge_drafts(at("2026-03-03 10:00")) == 1
    assert jobs.purge_drafts(at("2026-03-03 10:00")) == 0
