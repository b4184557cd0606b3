"""Who edits now: one person at a time holds the pencil of a draft, for as long as the page says that he is there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from engine.audit import recording
from engine.kit.db import db
from engine.kit.signals import Doer
from engine.organization.models import User
from engine.studio.errors import DraftInUse, NoSuchDraft
from engine.studio.models import DraftState, StudioDraft

LEASE = timedelta(minutes=2)
"""How long nobody else may draw after the last sign of life."""


@dataclass(frozen=True)
class Editing:
    """Who holds the pencil at a moment (None: nobody), and what stands in the draft."""

    editor_id: int | None
    editor: str
    revision: int
    changed_by: str
    changed_at: datetime
    state: str


def at_work(draft: StudioDraft, *, at: datetime) -> int | None:
    """Id of who holds the pencil now."""
    is_there = draft.editing_until is not None and draft.editing_until > at
    return draft.editor_id if is_there else None


def check(draft: StudioDraft, *, by: Doer, at: datetime) -> None:
    """Raises DraftInUse where somebody else holds the pencil."""
    holder = at_work(draft, at=at)
    if holder not in {None, by.id}:
        raise DraftInUse(name=db.session.scalar(select(User.name).where(User.id == holder)) or "")


def lease(draft: StudioDraft, *, by: Doer, at: datetime) -> None:
    """Give the pencil to ``by``; the caller has locked the draft, and asked whether it is free."""
    draft.editor_id, draft.editing_until = by.id, at + LEASE
    db.session.flush()


def sign_of_life(draft_id: int, *, by: Doer, at: datetime) -> Editing:
    """The page of ``by`` is still open: he keeps the pencil if he has it, and gets it where nobody has.

    Raises NoSuchDraft.
    """
    mine_or_free = (
        (StudioDraft.editor_id == by.id) | StudioDraft.editing_until.is_(None) | (StudioDraft.editing_until <= at)
    )
    is_drawn = (StudioDraft.id == draft_id) & (StudioDraft.state == DraftState.drawing)
    taken = update(StudioDraft).where(is_drawn, mine_or_free)
    db.session.execute(taken.values(editor_id=by.id, editing_until=at + LEASE), {"synchronize_session": False})
    return seen(draft_id, at=at)


def seen(draft_id: int, *, at: datetime) -> Editing:
    """Who holds the pencil, and who changed it last. Raises NoSuchDraft."""
    draft = db.session.get(StudioDraft, draft_id, populate_existing=True)
    if draft is None:
        raise NoSuchDraft
    holder = at_work(draft, at=at)
    asked = select(User.id, User.name).where(User.id.in_([id for id in (holder, draft.changed_by_id) if id]))
    names = dict(db.session.execute(asked).tuples().all())
    return Editing(
        editor_id=holder,
        editor=names.get(holder, "") if holder else "",
        revision=draft.revision,
        changed_by=names.get(draft.changed_by_id, "") if draft.changed_by_id else "",
        changed_at=draft.changed_at,
        state=draft.state,
    )


def take_over(draft_id: int, *, by: Doer, at: datetime) -> Editing:
    """Take the pencil from whoever holds it, knowingly: what he has not saved yet will be refused to him.

    Raises NoSuchDraft.
    """
    asked = select(StudioDraft).where(StudioDraft.id == draft_id, StudioDraft.state == DraftState.drawing)
    draft = db.session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if draft is None:
        raise NoSuchDraft
    before = at_work(draft, at=at)
    lease(draft, by=by, at=at)
    if before not in {None, by.id}:
        detail = {"key": draft.key, "from": before}
        recording.record("draft.taken_over", by=by, at=at, object_kind="draft", object_id=draft.id, detail=detail)
    return seen(draft_id, at=at)


def lay_down(draft_id: int, *, by: Doer) -> None:
    """The page of ``by`` was closed: somebody else need not wait."""
    mine = (StudioDraft.id == draft_id) & (StudioDraft.editor_id == by.id)
    db.session.execute(update(StudioDraft).where(mine).values(editing_until=None), {"synchronize_session": False})
