"""Comments on the elements of a draft."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import aliased

from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer
from engine.organization.models import User
from engine.studio import drafting
from engine.studio.errors import CommentResolved, NoSuchDraft
from engine.studio.models import DraftState, StudioComment, StudioDraft

LONGEST = 2000
DRAWING = "drawing"
"""The element of what is said about the drawing as a whole."""


@dataclass(frozen=True)
class Said:
    """A comment as it is read; ``resolved_by`` is empty while it is open."""

    id: int
    element_id: str
    text: str
    by: str
    at: datetime
    resolved_by: str


def comment(draft_id: int, element_id: str, text: str, *, by: Doer, at: datetime) -> StudioComment:
    """Say something about an element. Raises Invalid for ``text``, NoSuchDraft for one that is open no more."""
    draft = drafting.find(draft_id)
    if draft.state not in DraftState.open_states():
        raise NoSuchDraft
    text = text.strip()
    if not text:
        raise Invalid.field("text", N_("Please write what you want to say."))
    if len(text) > LONGEST:
        raise Invalid.field("text", N_("Please keep it under %(most)s characters."), most=LONGEST)
    row = StudioComment(draft_id=draft.id, element_id=element_id[:120] or DRAWING, text=text, by_id=by.id, at=at)
    db.session.add(row)
    db.session.flush()
    return row


def comment_by_program(draft: StudioDraft, told: Iterable[tuple[str, str]], *, at: datetime) -> None:
    """Keep what the program has to say about elements of a draft: pairs of an element's id and a sentence."""
    rows = [
        {"draft_id": draft.id, "element_id": element[:120] or DRAWING, "text": text[:LONGEST], "at": at}
        for element, text in told
    ]
    if rows:
        db.session.execute(insert(StudioComment), rows)


def resolve(draft_id: int, comment_id: int, *, by: Doer, at: datetime) -> None:
    """Settle a comment. Raises NoSuchDraft, CommentResolved."""
    asked = select(StudioComment).where(StudioComment.id == comment_id, StudioComment.draft_id == draft_id)
    row = db.session.scalar(asked.with_for_update())
    if row is None:
        raise NoSuchDraft
    if row.resolved_at is not None:
        raise CommentResolved
    row.resolved_by_id, row.resolved_at = by.id, at
    db.session.flush()


def of(draft_id: int) -> Sequence[Said]:
    """Everything that was said about a draft, oldest first."""
    author, settler = aliased(User), aliased(User)
    asked = (
        select(StudioComment, author.name, settler.name)
        .outerjoin(author, author.id == StudioComment.by_id)
        .outerjoin(settler, settler.id == StudioComment.resolved_by_id)
        .where(StudioComment.draft_id == draft_id)
        .order_by(StudioComment.id)
    )
    return [
        Said(row.id, row.element_id, row.text, by or "", row.at, resolved_by or "")
        for row, by, resolved_by in db.session.execute(asked)
    ]
