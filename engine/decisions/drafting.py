"""Drafts: tables on their way to the next version of a decision. They may be wrong; one is open for each decision."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from engine.audit import recording
from engine.decisions import queries, vocabulary
from engine.decisions.content import Content, Row, from_json
from engine.decisions.errors import DraftExists, NoSuchTable, NotADraft, StaleTable
from engine.decisions.models import DecisionTable, TableState
from engine.kit.db import db
from engine.kit.signals import Doer
from engine.organization.models import User

LONGEST_NOTE = 2000


def begin(decision: str, content: Content | None = None, *, by: Doer, at: datetime) -> DecisionTable:
    """Open a draft with ``content``; without, with what is in force, else with one empty row.

    Raises NoSuchDecision, DraftExists.
    """
    declared = vocabulary.get(decision)
    _refuse_second(decision)
    base = queries.active(decision)
    if content is None:
        content = from_json(base.content) if base is not None else _blank(declared)
    draft = DecisionTable(
        decision=decision,
        state=TableState.draft.value,
        content=content.tidied(declared).as_json(),
        revision=1,
        based_on_id=base.id if base is not None else None,
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
    record("begun", draft, by, at)
    return draft


def save(table_id: int, content: Content, *, revision: int, by: Doer, at: datetime) -> DecisionTable:
    """Keep ``content`` in place of revision ``revision``. Raises NoSuchTable, NotADraft, StaleTable, TooLarge."""
    draft = changing(table_id, revision)
    kept = content.tidied(vocabulary.get(draft.decision)).as_json()
    # Compared as the database gives it back: lists, no tuples.
    if from_json(kept) != from_json(draft.content):
        draft.content, draft.revision = kept, draft.revision + 1
        draft.changed_by_id, draft.changed_at = by.id, at
        db.session.flush()
    return draft


def discard(table_id: int, *, by: Doer, at: datetime) -> None:
    """Give a draft up. Its row stays for the record. Raises NoSuchTable, NotADraft."""
    draft = changing(table_id)
    draft.state = TableState.discarded.value
    db.session.flush()
    record("discarded", draft, by, at, revision=draft.revision)


def changing(table_id: int, revision: int | None = None) -> DecisionTable:
    """A draft, locked against everybody else, as it was at ``revision``. Raises NoSuchTable, NotADraft, StaleTable."""
    draft = db.session.get(DecisionTable, table_id, with_for_update=True, populate_existing=True)
    if draft is None or draft.decision not in vocabulary.names():
        raise NoSuchTable
    if draft.state != TableState.draft:
        raise NotADraft
    if revision is not None and draft.revision != revision:
        raise StaleTable(name=name_of(draft.changed_by_id))
    return draft


def name_of(user_id: int | None) -> str:
    """What somebody is called."""
    return db.session.scalar(select(User.name).where(User.id == user_id)) or ""


def record(act: str, table: DecisionTable, by: Doer, at: datetime, **detail: object) -> None:
    """Write an act on a table into the audit log."""
    recording.record(f"decision.{act}", by=by, at=at, object_kind="decision", object_id=table.decision,
                     detail={"table": table.id, **detail})  # fmt: skip


def _blank(decision: vocabulary.Decision) -> Content:
    first = decision.inputs[0].name
    return Content(inputs=(first,), rows=(Row(("-",)),))


def _refuse_second(decision: str) -> None:
    draft = queries.draft_of(decision)
    if draft is not None:
        raise DraftExists(name=name_of(draft.changed_by_id))
