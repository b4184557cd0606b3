"""Review: a draft is handed in with a note, and a second person, who has not drawn in it, agrees or returns it.

To agree is to publish: nothing comes into force that only those who drew it have seen.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select

from engine.audit import recording
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer, signals
from engine.process import definitions, linting
from engine.process.definitions import Definition
from engine.process.errors import AlreadyInForce, DrawingRefused
from engine.process.finding import Finding, Grade
from engine.studio import drafting, versions
from engine.studio.errors import DrewItOneself, NoSuchDraft, NotBeingDrawn, NotHandedIn, NotOnesOwn, ReviewIsStale
from engine.studio.models import DraftState, StudioDraft, StudioHand

submitted = signals.signal("draft-submitted")
"""Sent with the draft, ``by_id`` and ``at``: a second person is asked."""
sent_back = signals.signal("draft-sent-back")
"""Sent with the draft, ``by_id`` and ``at``: those who drew it go on with it."""
approved = signals.signal("draft-approved")
"""Sent with the draft, ``version`` (its number), ``by_id`` and ``at``: it is in force."""


def submit(draft_id: int, *, revision: int, note: str, has_read: bool, by: Doer, at: datetime) -> StudioDraft:
    """Hand revision ``revision`` of a draft in; ``has_read`` says that its warnings were read.

    Raises NoSuchDraft, NotBeingDrawn, ReviewIsStale (it was changed since), Invalid (``note``, ``has_read``),
    DrawingRefused with what is wrong.
    """
    draft = _locked(draft_id)
    if draft.state != DraftState.drawing:
        raise NotBeingDrawn
    _check_revision(draft, revision)
    said = versions.given(note, "note")
    errors, warnings = findings(draft.xml)
    if errors:
        raise DrawingRefused(definitions.fields_of(errors))
    if warnings and not has_read:
        raise Invalid.field("has_read", N_("Please read the warnings first, and say that you did."))
    draft.state, draft.note, draft.submitted_by_id, draft.submitted_at = DraftState.submitted.value, said, by.id, at
    draft.editor_id, draft.editing_until = None, None
    db.session.flush()
    _record("submitted", draft, by, at, note=said, warnings=len(warnings))
    submitted.send(draft, by_id=by.id, at=at)
    return draft


def send_back(draft_id: int, *, revision: int, reason: str, by: Doer, at: datetime) -> StudioDraft:
    """Return a draft to those who draw.

    Raises NoSuchDraft, NotHandedIn, ReviewIsStale, Invalid (``reason``).
    """
    draft = _handed_in(draft_id, revision)
    said = versions.given(reason)
    draft.state, draft.review_note = DraftState.drawing.value, said
    draft.reviewed_by_id, draft.reviewed_at = by.id, at
    db.session.flush()
    _record("returned", draft, by, at, reason=said)
    sent_back.send(draft, by_id=by.id, at=at)
    return draft


def withdraw(draft_id: int, *, by: Doer, at: datetime) -> StudioDraft:
    """Take a draft back that was handed in, to go on drawing; one of those who made it does.

    Raises NoSuchDraft, NotHandedIn, NotOnesOwn.
    """
    draft = _locked(draft_id)
    if draft.state != DraftState.submitted:
        raise NotHandedIn
    if by.id not in makers(draft):
        raise NotOnesOwn
    draft.state = DraftState.drawing.value
    db.session.flush()
    _record("withdrawn", draft, by, at)
    return draft


def approve(draft_id: int, *, revision: int, note: str, by: Doer, at: datetime) -> Definition:
    """Agree to what is shown as ``revision``, and so put it in force for new cases.

    Raises NoSuchDraft, NotHandedIn, ReviewIsStale, DrewItOneself, PublishedMeanwhile (another version is in force since
    the draft was begun), AlreadyInForce, DrawingRefused.
    """
    draft = _handed_in(draft_id, revision)
    check_apart(draft, by)
    published = definitions.publish(
        draft.key, draft.xml, by_id=draft.submitted_by_id, at=at, based_on=draft.based_on_id, note=draft.note,
        reviewed_by_id=by.id,
    )  # fmt: skip
    if published.id == draft.based_on_id:
        raise AlreadyInForce
    draft.state, draft.published_id = DraftState.published.value, published.id
    draft.reviewed_by_id, draft.reviewed_at, draft.review_note = by.id, at, note.strip()[: versions.LONGEST_REASON]
    db.session.flush()
    _record("published", draft, by, at, version=published.version, digest=published.digest)
    approved.send(draft, version=published.version, by_id=by.id, at=at)
    return published


def check_apart(draft: StudioDraft, by: Doer) -> None:
    """The second person is not one of those who drew, nor who handed it in. Raises DrewItOneself."""
    if by.id is None or by.id in makers(draft):
        raise DrewItOneself


def makers(draft: StudioDraft) -> set[int]:
    """Ids of those who drew a draft or handed it in: they do not review it, and hear what becomes of it."""
    return drafting.hands(draft.id) | {id for id in (draft.submitted_by_id,) if id is not None}


def waiting() -> list[StudioDraft]:
    """Drafts that were handed in, the oldest first."""
    chosen = select(StudioDraft).where(StudioDraft.state == DraftState.submitted.value)
    return list(db.session.scalars(chosen.order_by(StudioDraft.submitted_at)))


def count_for(user_id: int | None) -> int:
    """How many drafts wait for this person's review. One statement."""
    return db.session.scalar(select(func.count()).where(_waits_for(user_id))) or 0


def ids_for(user_id: int | None) -> set[int]:
    """Ids of the drafts that wait for this person's review. One statement."""
    return set(db.session.scalars(select(StudioDraft.id).where(_waits_for(user_id))))


def findings(source: str, *, rehearse: bool = True) -> tuple[list[Finding], list[Finding]]:
    """What keeps a drawing from going live, and what whoever hands it in must have read.

    Without ``rehearse`` the dry run, which takes a second or two, is left out: for pages.
    """
    found = linting.findings(source, rehearse=rehearse)
    errors = [one for one in found if one.grade == Grade.error]
    return errors, [one for one in found if one.grade == Grade.warning]


def _waits_for(user_id: int | None) -> ColumnElement[bool]:
    """He neither drew nor handed it in."""
    drew = exists().where(StudioHand.draft_id == StudioDraft.id, StudioHand.user_id == user_id)
    is_anothers = StudioDraft.submitted_by_id.is_distinct_from(user_id)
    return and_(StudioDraft.state == DraftState.submitted.value, is_anothers, ~drew)


def _handed_in(draft_id: int, revision: int) -> StudioDraft:
    draft = _locked(draft_id)
    if draft.state != DraftState.submitted:
        raise NotHandedIn
    _check_revision(draft, revision)
    return draft


def _locked(draft_id: int) -> StudioDraft:
    draft = db.session.get(StudioDraft, draft_id, with_for_update=True, populate_existing=True)
    if draft is None:
        raise NoSuchDraft
    return draft


def _check_revision(draft: StudioDraft, revision: int) -> None:
    if draft.revision != revision:
        raise ReviewIsStale


def _record(act: str, draft: StudioDraft, by: Doer, at: datetime, **detail: object) -> None:
    told = {"draft": draft.id, "revision": draft.revision} | detail
    recording.record(f"process.{act}", by=by, at=at, object_kind="process", object_id=draft.key, detail=told)
