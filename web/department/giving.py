"""Several steps are given to one person at once: each in a transaction of its own, with a result for each row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from flask import request

from engine.access.actors import Actor
from engine.cases import acts, queries, steps
from engine.cases.models import Case
from engine.kit.db import unit_of_work
from engine.kit.errors import CityLoopError, FieldError, Invalid
from engine.kit.i18n import N_
from engine.organization.models import User

MOST = 50
"""Rows of one page."""


@dataclass(frozen=True)
class Row:
    """A ticked row: a case and its step, as the page showed them."""

    case_id: int
    task_id: str


@dataclass
class Given:
    """What was typed below the list."""

    rows: list[Row] = field(default_factory=list)
    person: User | None = None
    reason: str = ""
    errors: dict[str, list[FieldError]] = field(default_factory=dict)

    def holds(self, task_id: str) -> bool:
        """Is this step ticked?"""
        return any(row.task_id == task_id for row in self.rows)


@dataclass(frozen=True)
class Result:
    """What became of one row: ``refusal`` is None where the step was given; no number where the case is not for him."""

    case_id: int
    number: str
    title: str
    refusal: CityLoopError | FieldError | None


def typed(people: Iterable[User]) -> Given:
    """What this request asks for, with what is wrong in it."""
    person_id = request.form.get("person_id", type=int)
    given = Given(
        rows=list(_rows(request.form.getlist("step")))[:MOST],
        person=next((one for one in people if one.id == person_id), None),
        reason=request.form.get("reason", "").strip()[:1000],
    )
    if not given.rows:
        given.errors["step"] = [FieldError(N_("Please tick at least one row."))]
    if given.person is None:
        given.errors["person_id"] = [FieldError(N_("Please choose who is to have these steps."))]
    if not given.reason:
        given.errors["reason"] = [FieldError(N_("Please give a reason; it stands in the timeline of every case."))]
    return given


def give(given: Given, by: Actor, at: datetime) -> list[Result]:
    """Do it row by row. What is refused for one case leaves the others as they are."""
    return [_give(row, given, by, at) for row in given.rows]


def _give(row: Row, given: Given, by: Actor, at: datetime) -> Result:
    number = title = ""
    try:
        with unit_of_work():
            case = queries.lock(row.case_id, by)
            number, title = case.number, case.title
            _reassign(case, row, given, by, at)
    except CityLoopError as refusal:
        return Result(row.case_id, number, title, _first(refusal))
    return Result(row.case_id, number, title, None)


def _reassign(case: Case, row: Row, given: Given, by: Actor, at: datetime) -> None:
    offer = acts.find("reassignment", steps.open_steps(case))
    values = {"task_id": row.task_id, "person_id": given.person.id if given.person else 0, "reason": given.reason}
    acts.carry_out(case, offer, values, by=acts.check(case, offer, by), at=at)


def _first(refusal: CityLoopError) -> CityLoopError | FieldError:
    if isinstance(refusal, Invalid) and refusal.fields:
        return next(iter(refusal.fields.values()))[0]
    return refusal


def _rows(ticked: Collection[str]) -> Iterable[Row]:
    for one in ticked:
        case_id, _, task_id = one.partition(":")
        if case_id.isdecimal() and len(case_id) < 19 and task_id:
            yield Row(int(case_id), task_id)
