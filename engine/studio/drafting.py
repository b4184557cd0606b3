"""Drafts: drawings on their way to the next version of a process. One is open for each process.

``changing`` (a locked draft that may be drawn in), ``find``, ``hands`` and ``write`` are for the neighbours: reviewing,
checking, trying.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from engine.audit import recording
from engine.kit.db import db
from engine.kit.errors import Invalid, NotFound
from engine.kit.i18n import N_
from engine.kit.signals import Doer
from engine.organization.models import User
from engine.process import xml
from engine.process.models import ProcessDefinition
from engine.studio import editing
from engine.studio.errors import DraftExists, NoSuchDraft, NotBeingDrawn, StaleSave
from engine.studio.models import DraftState, StudioDraft, StudioHand

KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")
LONGEST_NAME = 200


@dataclass(frozen=True)
class Source:
    """What a draft begins with. ``based_on_id`` is the version that it was taken from, if any."""

    key: str
    xml: str
    based_on_id: int | None = None
    is_drawn: bool = True
    """Did whoever begins it draw it (elsewhere, perhaps)? Then he does not review it."""


def from_version(definition_id: int, *, by: Doer, at: datetime) -> StudioDraft:
    """Begin to change a published version. Raises NotFound, DraftExists."""
    version = db.session.get(ProcessDefinition, definition_id)
    if version is None:
        raise NotFound
    return begin(Source(version.key, version.xml, version.id, is_drawn=False), by=by, at=at)


def begin(source: Source, *, by: Doer, at: datetime) -> StudioDraft:
    """Open a draft. Raises Invalid for ``key``, UnreadableXml, DraftExists (an open draft of this process)."""
    if not KEY.fullmatch(source.key):
        raise Invalid.field("key", N_("A key is made of small letters, digits and _; it begins with a letter."))
    _refuse_second(source.key)
    draft = StudioDraft(
        key=source.key,
        name=name_in(source.xml) or source.key,
        xml=source.xml,
        based_on_id=source.based_on_id,
        revision=1,
        state=DraftState.drawing.value,
        created_by_id=by.id,
        created_at=at,
        changed_by_id=by.id,
        changed_at=at,
    )
    db.session.add(draft)
    try:
        db.session.flush()
    except IntegrityError as error:  # two began at the same moment
        raise DraftExists(name="") from error
    if source.is_drawn:
        _note_hand(draft, by, at)
    editing.lease(draft, by=by, at=at)
    _record("begun", draft, by, at, based_on=source.based_on_id)
    return draft


def save(draft_id: int, text: str, *, revision: int, by: Doer, at: datetime) -> StudioDraft:
    """Keep the drawing ``text`` in place of revision ``revision``, right or wrong as it may be.

    Raises UnreadableXml, NoSuchDraft, NotBeingDrawn, DraftInUse (somebody else holds the pencil), StaleSave.
    """
    draft = changing(draft_id)
    editing.check(draft, by=by, at=at)
    if draft.revision != revision:
        raise StaleSave(name=name_of(draft.changed_by_id))
    if draft.xml != text:
        write(draft, text, by=by, at=at)
    editing.lease(draft, by=by, at=at)
    return draft


def discard(draft_id: int, *, by: Doer, at: datetime) -> None:
    """Give a draft up. Its row stays for the record. Raises NoSuchDraft, NotBeingDrawn."""
    draft = changing(draft_id)
    draft.state, draft.editor_id, draft.editing_until = DraftState.discarded.value, None, None
    db.session.flush()
    _record("discarded", draft, by, at, revision=draft.revision)


def find(draft_id: int) -> StudioDraft:
    """One draft, whatever has become of it. Raises NoSuchDraft."""
    draft = db.session.get(StudioDraft, draft_id)
    if draft is None:
        raise NoSuchDraft
    return draft


def changing(draft_id: int) -> StudioDraft:
    """A draft that may be drawn in, locked against everybody else. Raises NoSuchDraft, NotBeingDrawn."""
    asked = select(StudioDraft).where(StudioDraft.id == draft_id)
    draft = db.session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if draft is None:
        raise NoSuchDraft
    if draft.state != DraftState.drawing:
        raise NotBeingDrawn
    return draft


def write(draft: StudioDraft, text: str, *, by: Doer, at: datetime) -> None:
    """Put ``text`` into a locked draft; its revision counts on, and ``by`` is one of those who drew."""
    draft.name = name_in(text) or draft.key
    draft.xml, draft.revision = text, draft.revision + 1
    draft.changed_by_id, draft.changed_at = by.id, at
    _note_hand(draft, by, at)
    db.session.flush()


def hands(draft_id: int) -> set[int]:
    """Ids of all who have drawn in a draft: nobody of them reviews it. Whoever only began it is not among them."""
    return set(db.session.scalars(select(StudioHand.user_id).where(StudioHand.draft_id == draft_id)))


def open_drafts() -> list[StudioDraft]:
    """Every draft that can still become a version, the newest first."""
    is_open = StudioDraft.state.in_(sorted(DraftState.open_states()))
    return list(db.session.scalars(select(StudioDraft).where(is_open).order_by(StudioDraft.changed_at.desc())))


def free_key(wanted: str) -> str:
    """A key like ``wanted`` that no process and no draft has: "repair", else "repair_2" …"""
    base = re.sub(r"[^a-z0-9_]+", "_", wanted.lower()).strip("_0123456789")[:50] or "process"
    taken = set(db.session.scalars(select(ProcessDefinition.key).union(select(StudioDraft.key))))
    numbered = (base if number == 1 else f"{base}_{number}" for number in range(1, len(taken) + 3))
    return next(key for key in numbered if key not in taken and KEY.fullmatch(key))


def name_in(text: str) -> str:
    """What the drawing calls its process, up to 200 characters; empty where it does not. Raises UnreadableXml."""
    processes = xml.find(xml.read(text), "./bpmn:process")
    return (processes[0].get("name") or "").strip()[:LONGEST_NAME] if processes else ""


def name_of(user_id: int | None) -> str:
    """What somebody is called."""
    return db.session.scalar(select(User.name).where(User.id == user_id)) or ""


def _note_hand(draft: StudioDraft, by: Doer, at: datetime) -> None:
    if by.id is not None and db.session.get(StudioHand, (draft.id, by.id)) is None:
        db.session.add(StudioHand(draft_id=draft.id, user_id=by.id, first_at=at))


def _refuse_second(key: str) -> None:
    is_open = (StudioDraft.key == key) & StudioDraft.state.in_(sorted(DraftState.open_states()))
    draft = db.session.scalar(select(StudioDraft).where(is_open))
    if draft is not None:
        raise DraftExists(name=name_of(draft.changed_by_id))


def _record(act: str, draft: StudioDraft, by: Doer, at: datetime, **detail: object) -> None:
    detail = {"key": draft.key, **detail}
    recording.record(f"draft.{act}", by=by, at=at, object_kind="draft", object_id=draft.id, detail=detail)
