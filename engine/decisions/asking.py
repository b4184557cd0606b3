"""Asking the table in force, as the program does: what it says is recorded with what was then done."""

import logging
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from engine.decisions import deciding, vocabulary
from engine.decisions.content import from_json
from engine.decisions.deciding import Ruling, Table
from engine.decisions.errors import TooLarge
from engine.decisions.models import DecisionTable, DecisionTaken, TableState
from engine.decisions.outcomes import Outcome
from engine.decisions.vocabulary import Value
from engine.kit.cells import Refused
from engine.kit.db import db
from engine.kit.remembering import Remembered

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class InForce:
    """The version of a decision's table that is asked."""

    table_id: int
    version: int
    table: Table


@dataclass(frozen=True)
class Answer:
    """What the table in force said: of which version, about which facts."""

    table_id: int
    version: int
    facts: Mapping[str, Value]
    ruling: Ruling

    @property
    def outcome(self) -> Outcome:
        """What it comes to; false where no row applied, and everything is as if there were no table."""
        return self.ruling.outcome


def in_force(decision: str) -> InForce | None:
    """The table in force, if any. Costs no statement but every few seconds."""
    return _active.get("all").get(decision)


def ask(decision: str, fact: Callable[[str], Value]) -> Answer | None:
    """What the table in force says; None where there is none. ``fact`` is called for each of its inputs only."""
    found = in_force(decision)
    if found is None:
        return None
    facts = {name: fact(name) for name in found.table.inputs}
    return Answer(found.table_id, found.version, facts, found.table.decide(facts))


def record(answers: Iterable[Answer | None], subject_kind: str, subject_id: int, *, at: datetime) -> None:
    """Keep what tables said with what was done about a subject: one statement, none without answers."""
    rows = [
        {
            "table_id": one.table_id,
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "at": at,
            "facts": dict(one.facts),
            "rows": list(one.ruling.rows),
            "outcome": one.outcome.as_json(),
        }
        for one in answers
        if one is not None
    ]
    if rows:
        db.session.execute(insert(DecisionTaken), rows)


def forget() -> None:
    """Look at the tables again at the next question: another one is in force."""
    _active.forget()


def _load(_: str) -> dict[str, InForce]:
    rows = db.session.scalars(select(DecisionTable).where(DecisionTable.state == TableState.active)).all()
    return {row.decision: found for row in rows if (found := _readable(row)) is not None}


def _readable(row: DecisionTable) -> InForce | None:
    """A table that cannot be read any more (its decision or a fact of it is gone) is not asked, and the log says so."""
    try:
        table = deciding.compiled(from_json(row.content), vocabulary.get(row.decision))
    except (Refused, LookupError, ValueError, TypeError, TooLarge, vocabulary.NoSuchDecision):
        log.warning("the decision table %s cannot be read any more, it is not asked", row.id)
        return None
    return InForce(row.id, row.version or 0, table)


def _version(_: str) -> Hashable:
    active = select(DecisionTable.id).where(DecisionTable.state == TableState.active)
    return tuple(db.session.scalars(active.order_by(DecisionTable.id)))


_active: Remembered[str, dict[str, InForce]] = Remembered(_version, _load)
