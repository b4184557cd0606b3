"""Review: a draft is handed in with a note, and a second person, who has not drawn in it, agrees or returns it.

To agree is to publish: nothing comes into force that only those who drew it have seen.
"""

from datetime import datetime

from sqlalchemy import select

from engine.audit import recording
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer
from engine.process import definitions, linting
from engine.process.definitions import Definition
from engine.process.errors import AlreadyInForce, DrawingRefused
from engine.process.finding import Finding, Grade
from engine.studio import versions
from engine.studio.errors import DrewItOneself, NoSuchDraft, NotBeingDrawn, NotHandedIn, ReviewIsStale
from engine.studio.models import DraftState, StudioDraft, StudioHand


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
    return draft


def send_back(draft_id: int, *, revision: int, reason: str, by: Doer, at: datetime) -> StudioDraft:
    """Return a draft to those who draw. Whoever handed it in may also take it back so.

    Raises NoSuchDraft, NotHandedIn, ReviewIsStale, Invalid (``reason``).
    """
    draft = _handed_in(draft_id, revision)
    said = versions.given(reason)
    draft.state, draft.review_note = DraftState.drawing.value, said
    draft.reviewed_by_id, draft.reviewed_at = by.id, at
    db.session.flush()
    _record("returned", draft, by, at, reason=said)
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
    return published


def check_apart(draft: StudioDraft, by: Doer) -> None:
    """The second person is not one of those who drew, nor who handed it in. Raises DrewItOneself."""
    drew = set(db.session.scalars(select(StudioHand.user_id).where(StudioHand.draft_id == draft.id)))
    if by.id is None or by.id in drew | {draft.submitted_by_id}:
        raise DrewItOneself


def waiting() -> list[StudioDraft]:
    """Drafts that were handed in, the oldest first."""
    chosen = select(StudioDraft).where(StudioDraft.state == DraftState.submitted.value)
    return list(db.session.scalars(chosen.order_by(StudioDraft.submitted_at)))


def findings(source: str, *, rehearse: bool = True) -> tuple[list[Finding], list[Finding]]:
    """What keeps a drawing from going live, and what whoever hands it in must have read.

    Without ``rehearse`` the dry run, which takes a second or two, is left out: for pages.
    """
    found = linting.findings(source, rehearse=rehearse)
    errors = [one for one in found if one.grade == Grade.error]
    return errors, [one for one in found if one.grade == Grade.warning]


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
