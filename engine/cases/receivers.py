"""Ties the case to the rooms below: its drawing moves, a calendar changes, people leave, departments merge."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import (
    actions,
    department_rules,
    holding,
    leaving,
    reckoned,
    search,  # noqa: F401 - listens for the making of the schema
    succession,
    vocabulary,
)
from engine.cases.stages import KIND, CaseFollower
from engine.deadlines import holding as subjects_of_clocks
from engine.deadlines.models import Clock
from engine.deadlines.reckoning import clocks_reckoned
from engine.kit.clock import now
from engine.organization.departments import department_merged
from engine.organization.leaving import account_closed
from engine.organization.models import Department, User
from engine.process import subjects

subjects.register(KIND, CaseFollower())
subjects_of_clocks.register(KIND, holding.hold)
actions.register_all()
department_rules.register_all()
vocabulary.tell()


@clocks_reckoned.connect
def correct_copies(moved: Sequence[Clock], **_: Any) -> None:
    """A calendar changed: lists and timers follow the clocks to their new due moments."""
    reckoned.correct(moved, at=now())


@department_merged.connect
def pass_on(department: Department, into: Department, by: Actor, at: datetime, **_: Any) -> None:
    """What a merged department had in hand goes to its successor."""
    succession.pass_on(department, into, by=by, at=at)


@account_closed.connect
def give_back(user: User, at: datetime, **_: Any) -> None:
    """What somebody had in hand by name is offered to his colleagues."""
    leaving.offer_again(user.id, at=at)
