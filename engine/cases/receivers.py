"""Ties the case to the rooms below: its drawing moves, a calendar changes, people leave, departments merge."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import (
    actions,
    adjusting,
    dues,
    holding,
    leaving,
    policy,
    search,  # noqa: F401 - listens for the making of the schema
    succession,
    vocabulary,
)
from engine.cases.models import Case
from engine.cases.stages import HANDLING, KIND, REWORK, CaseFollower, copy_clock
from engine.deadlines import clocks
from engine.deadlines import holding as subjects_of_clocks
from engine.deadlines.jobs import clock_reckoned
from engine.deadlines.models import Clock
from engine.kit.clock import now
from engine.kit.db import db
from engine.organization.departments import department_merged
from engine.organization.leaving import account_closed
from engine.organization.models import Department, User
from engine.process import subjects, timers

subjects.register(KIND, CaseFollower())
subjects_of_clocks.register(KIND, holding.hold)
actions.register_all()
vocabulary.tell()


@clock_reckoned.connect
def correct_copies(clock: Clock, **_: Any) -> None:
    """A calendar changed: lists and timers follow the clock to its new due moment."""
    if clock.subject_kind != KIND:
        return
    case = db.session.get(Case, clock.subject_id)
    if case is not None and clock.name == HANDLING:
        copy_clock(case, clock)
    dues.place(clock.subject_id, clock, acts=_steps_due_with(clock))
    timers.reschedule(KIND, clock.subject_id, at=now())


def _steps_due_with(clock: Clock) -> tuple[str, ...]:
    """The department's steps are due when the round of rework is, where there is one; else when handling is."""
    if clock.name == REWORK:
        return dues.DEPARTMENT_STEPS
    if clock.name == HANDLING:
        return () if clocks.open_clock(KIND, clock.subject_id, REWORK) else dues.DEPARTMENT_STEPS
    return tuple(policy.APART_FROM_ASKING) if clock.name == adjusting.CLOCK else (clock.name,)


@department_merged.connect
def pass_on(department: Department, into: Department, by: Actor, at: datetime, **_: Any) -> None:
    """What a merged department had in hand goes to its successor."""
    succession.pass_on(department, into, by=by, at=at)


@account_closed.connect
def give_back(user: User, at: datetime, **_: Any) -> None:
    """What somebody had in hand by name is offered to his colleagues."""
    leaving.offer_again(user.id, at=at)
