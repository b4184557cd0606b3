"""Lamps (process.md §5.6): the colour of a clock, in Python and as SQL. Colours never stand without their word."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_

from engine.deadlines.facts import State
from engine.kit.i18n import N_


class Lamp(StrEnum):
    """Green: in time. Amber: due soon (预警). Red: overdue (超期). Grey: suspended (挂账). Unlit: none has begun."""

    green = "green"
    amber = "amber"
    red = "red"
    grey = "grey"
    unlit = "unlit"

    @property
    def label(self) -> str:
        """The word beside the lamp: an English sentence, to be translated."""
        return _LABELS[self]


_LABELS = {
    Lamp.green: N_("On time"),
    Lamp.amber: N_("Due soon"),
    Lamp.red: N_("Overdue"),
    Lamp.grey: N_("Clock not running"),
    Lamp.unlit: N_("Clock not begun"),
}


def lamp_of(
    due_at: datetime | None,
    amber_at: datetime | None,
    state: str,
    at: datetime,
    *,
    is_provisional: bool = False,
    stopped_at: datetime | None = None,
) -> Lamp:
    """The lamp at ``at``; of a stopped clock, the one frozen at ``stopped_at``. A provisional due is never red."""
    if state == State.paused:
        return Lamp.grey
    if due_at is None or state not in {State.running, State.stopped}:
        return Lamp.unlit
    is_stopped = state == State.stopped
    moment = (stopped_at or at if is_stopped else at).replace(microsecond=0)
    if moment > due_at:
        return Lamp.amber if is_provisional else Lamp.red
    return Lamp.amber if not is_stopped and amber_at is not None and moment >= amber_at else Lamp.green


@dataclass(frozen=True)
class LampColumns:
    """The columns a lamp follows from: ``clock``'s own, or the copies that another table keeps."""

    due_at: Any
    amber_at: Any
    state: Any
    is_provisional: Any
    stopped_at: Any


def lamp_is(columns: LampColumns, lamp: Lamp, at: datetime) -> ColumnElement[bool]:
    """The SQL predicate of ``lamp_of(…) == lamp`` at ``at``."""
    return _predicates(columns, at.replace(microsecond=0))[lamp]


def lamp_case(columns: LampColumns, at: datetime) -> ColumnElement[str]:
    """The lamp as an SQL expression, to group and count by."""
    predicates = _predicates(columns, at.replace(microsecond=0))
    burning = (Lamp.red, Lamp.amber, Lamp.green, Lamp.grey)
    return case(*((predicates[lamp], lamp.value) for lamp in burning), else_=Lamp.unlit.value)


def _predicates(columns: LampColumns, at: datetime) -> dict[Lamp, ColumnElement[bool]]:
    running = columns.state == State.running.value
    stopped = columns.state == State.stopped.value
    paused = columns.state == State.paused.value
    late = or_(and_(running, columns.due_at < at), and_(stopped, columns.stopped_at > columns.due_at))
    provisional = columns.is_provisional.is_(True)
    soon = and_(running, columns.due_at >= at, columns.amber_at <= at)
    return {
        Lamp.red: and_(late, columns.is_provisional.is_(False)),
        Lamp.amber: or_(soon, and_(late, provisional)),
        Lamp.green: or_(
            and_(running, columns.due_at >= at, or_(columns.amber_at.is_(None), columns.amber_at > at)),
            and_(stopped, or_(columns.stopped_at.is_(None), columns.stopped_at <= columns.due_at)),
        ),
        Lamp.grey: paused,
        Lamp.unlit: and_(~paused, or_(columns.due_at.is_(None), and_(~running, ~stopped))),
    }
