"""Reading decision tables, and what they decided."""

from collections.abc import Sequence

from sqlalchemy import func, select

from engine.decisions import vocabulary
from engine.decisions.errors import NoSuchTable
from engine.decisions.models import DecisionTable, DecisionTaken, TableState
from engine.kit.db import db


def get(table_id: int) -> DecisionTable:
    """One version or draft. Raises NoSuchTable, also for one whose decision is gone."""
    row = db.session.get(DecisionTable, table_id)
    if row is None or row.decision not in vocabulary.names():
        raise NoSuchTable
    return row


def listing() -> Sequence[DecisionTable]:
    """Open drafts and every version of each decision, the newest first."""
    shown = DecisionTable.state != TableState.discarded
    order = (DecisionTable.version.is_not(None), DecisionTable.version.desc())
    return db.session.scalars(select(DecisionTable).where(shown).order_by(*order)).all()


def versions(decision: str) -> Sequence[DecisionTable]:
    """Every version that is, or was, in force, the newest first."""
    chosen = select(DecisionTable).where(
        DecisionTable.decision == decision, DecisionTable.state.in_(sorted(TableState.published()))
    )
    return db.session.scalars(chosen.order_by(DecisionTable.version.desc())).all()


def active(decision: str) -> DecisionTable | None:
    """The version in force."""
    chosen = select(DecisionTable).where(DecisionTable.decision == decision, DecisionTable.state == TableState.active)
    return db.session.scalar(chosen.execution_options(populate_existing=True))


def draft_of(decision: str) -> DecisionTable | None:
    """The open draft."""
    chosen = select(DecisionTable).where(DecisionTable.decision == decision, DecisionTable.state == TableState.draft)
    return db.session.scalar(chosen)


def taken_about(subject_kind: str, subject_id: int) -> list[tuple[DecisionTaken, DecisionTable]]:
    """What tables decided about something, the newest first, each with the version that was asked."""
    chosen = (
        select(DecisionTaken, DecisionTable)
        .join(DecisionTable, DecisionTaken.table_id == DecisionTable.id)
        .where(DecisionTaken.subject_kind == subject_kind, DecisionTaken.subject_id == subject_id)
        .order_by(DecisionTaken.id.desc())
    )
    return list(db.session.execute(chosen).tuples())


def taken_by(table_id: int) -> int:
    """How often a version was asked about something that was then done."""
    return db.session.scalar(select(func.count()).where(DecisionTaken.table_id == table_id)) or 0
