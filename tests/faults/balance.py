"""Does everything in the database tell the same story, whatever happened to the programs that wrote it?"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from engine.calendars import queries as calendars
from engine.cases.models import Case
from engine.deadlines import reading
from engine.deadlines.models import Clock
from engine.deadlines.thresholds import amber_rule
from engine.kit.db import db
from engine.process import instances
from engine.process.models import Delivery, Incident, OpenTask, OpenTimer, OutboxMessage, ProcessEvent, ProcessInstance

FOLLOWS = ("state", "started_at", "stopped_at", "due_at", "first_due_at", "amber_at", "is_provisional", "limit_value")
"""Columns of a clock that follow from its facts."""


def faults(at: datetime) -> list[str]:
    """What does not balance at ``at``, in sentences; nothing where all is well."""
    db.session.rollback()
    checks = (_fired_twice(), _stuck(at), _instances(), _clocks(), _copies(), _incidents())
    found = [sentence for check in checks for sentence in check]
    db.session.rollback()
    return found


def waiting(at: datetime) -> int:
    """Timers and actions that were due at ``at`` and are not done yet."""
    db.session.rollback()
    pending = OutboxMessage.state == Delivery.pending.value
    conditions = (OpenTimer.due_at <= at, pending & (OutboxMessage.next_at <= at))
    found = sum(db.session.scalar(select(func.count()).where(condition)) or 0 for condition in conditions)
    db.session.rollback()
    return found


def _fired_twice() -> Iterator[str]:
    """Every timer and every action has an event of its own; steps too are completed once."""
    key = (ProcessEvent.instance_id, ProcessEvent.kind, ProcessEvent.task_id, ProcessEvent.node)
    once = ProcessEvent.kind.in_(["fired", "performed", "completed"])
    counted = select(*key, func.count()).where(once).group_by(*key).having(func.count() > 1)
    for *what, times in db.session.execute(counted).tuples():
        yield f"{what} happened {times} times"


def _stuck(at: datetime) -> Iterator[str]:
    for timer in db.session.scalars(select(OpenTimer).where(OpenTimer.due_at <= at)):
        yield f"timer {timer.id} ({timer.node}) was due at {timer.due_at} and waits"
    pending = OutboxMessage.state == Delivery.pending.value
    for message in db.session.scalars(select(OutboxMessage).where(pending, OutboxMessage.next_at <= at)):
        yield f"action {message.action} of instance {message.instance_id} waits since {message.next_at}"


def _instances() -> Iterator[str]:
    """Open steps, timers and service tasks are rows; the instance's state says which there should be."""
    tasks, timers, services = defaultdict(set), defaultdict(set), defaultdict(set)
    for instance_id, task_id in db.session.execute(select(OpenTask.instance_id, OpenTask.id)).tuples():
        tasks[instance_id].add(task_id)
    for row in db.session.execute(select(OpenTimer.instance_id, OpenTimer.task_id, OpenTimer.node)):
        timers[row.instance_id].add((row.task_id, row.node))
    still = OutboxMessage.state.in_([Delivery.pending.value, Delivery.failed.value])
    for row in db.session.execute(select(OutboxMessage.instance_id, OutboxMessage.task_id).where(still)):
        services[row.instance_id].add(row.task_id)
    for key in db.session.scalars(select(ProcessInstance.id)).all():
        run = instances.peek(key)
        drawn: tuple[Any, ...] = (set(), set(), set())
        if run is not None:
            drawn = set(run.steps()), set(run.timers()), set(run.services())
        if drawn != (tasks[key], timers[key], services[key]):
            yield f"instance {key} says {drawn}, the rows {tasks[key], timers[key], services[key]}"


def _clocks() -> Iterator[str]:
    """The facts are the truth: numbered without a gap, in order, and the columns follow from them."""
    rule = amber_rule()
    for clock in db.session.scalars(select(Clock).options(selectinload(Clock.facts))):
        calendar = calendars.working(clock.calendar_id)
        expected = reading.follow(clock.facts, calendar).columns(rule)
        wrong = {name: (getattr(clock, name), expected[name]) for name in FOLLOWS
                 if getattr(clock, name) != expected[name]}  # fmt: skip
        if wrong:
            yield f"clock {clock.id} ({clock.name}) says otherwise than its facts: {wrong}"
        numbers, moments = [fact.seq for fact in clock.facts], [fact.at for fact in clock.facts]
        if numbers != list(range(1, len(numbers) + 1)) or moments != sorted(moments):
            yield f"clock {clock.id} ({clock.name}) has facts {numbers} at {moments}"


def _copies() -> Iterator[str]:
    """A case's copies of its handling clock."""
    handling = (Clock.subject_kind == "case") & (Clock.name == "handling") & (Clock.state != "stopped")
    rows = select(Case.id, Case.due_at, Case.clock_state, Clock.due_at, Clock.state)
    for case_id, *values in db.session.execute(rows.join(Clock, (Clock.subject_id == Case.id) & handling)).tuples():
        if tuple(values[:2]) != tuple(values[2:]):
            yield f"case {case_id} copies {values[:2]}, its clock says {values[2:]}"


def _incidents() -> Iterator[str]:
    opened = Counter(db.session.scalars(select(Incident.error).where(Incident.resolved_at.is_(None))))
    yield from (f"{times} incidents: {error}" for error, times in opened.items())
