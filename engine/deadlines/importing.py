"""Clocks of imported history: written in bulk, with the same facts and the same reckoning as live ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from engine.calendars.working_time import Limit, WorkingCalendar
from engine.deadlines.clocks import begin
from engine.deadlines.course import AmberRule, Course
from engine.deadlines.facts import Fact
from engine.deadlines.models import Clock, ClockFact
from engine.kit.db import db
from engine.kit.signals import Doer


@dataclass(frozen=True)
class History:
    """One clock as it ran elsewhere: a limit or a given due moment, and what happened afterwards, in order of time."""

    subject_kind: str
    subject_id: int
    name: str
    started_at: datetime
    limit: Limit | None = None
    due_at: datetime | None = None
    later: tuple[Fact, ...] = ()
    department_id: int | None = None


def insert_histories(
    histories: Sequence[History], calendar: WorkingCalendar, *, by: Doer, rule: AmberRule | None = None
) -> list[Clock]:
    """Write clocks with their facts in a few statements for all of them, without reading any.

    Returns the clocks in the order given, with their ids and outside the session, for whoever copies their dues. Give
    some hundreds to some thousands at a time.
    """
    if not histories:
        return []
    written = [_follow(history, calendar) for history in histories]
    amber = rule or AmberRule()
    rows = [_clock(history, course, amber) for history, (course, _) in zip(histories, written, strict=True)]
    # Nulls are written too: rows that leave out different columns would each become a statement of their own.
    ids = db.session.scalars(
        insert(Clock).returning(Clock.id, sort_by_parameter_order=True), rows, execution_options={"render_nulls": True}
    ).all()
    facts = [
        _fact(clock_id, seq, fact, by, history.department_id)
        for clock_id, history, (_, frozen) in zip(ids, histories, written, strict=True)
        for seq, fact in enumerate(frozen, start=1)
    ]
    db.session.execute(insert(ClockFact), facts, execution_options={"render_nulls": True})
    return [Clock(id=clock_id, **row) for clock_id, row in zip(ids, rows, strict=True)]


def _follow(history: History, calendar: WorkingCalendar) -> tuple[Course, list[Fact]]:
    first = begin(history.limit, history.started_at, due_at=history.due_at)
    course = Course(first, calendar)
    return course, [course.as_frozen(first), *(course.freeze(fact) for fact in history.later)]


def _clock(history: History, course: Course, rule: AmberRule) -> dict[str, Any]:
    return {
        "subject_kind": history.subject_kind,
        "subject_id": history.subject_id,
        "name": history.name,
        "department_id": history.department_id,
        "calendar_id": course.calendar.id,
        **course.columns(rule),
    }


def _fact(clock_id: int, seq: int, fact: Fact, by: Doer, department_id: int | None) -> dict[str, Any]:
    return {
        "clock_id": clock_id,
        "seq": seq,
        "by_id": by.id,
        "by_name": by.name,
        "department_id": department_id,
        **fact.columns(),
    }
