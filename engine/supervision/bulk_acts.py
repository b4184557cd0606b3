"""What can be done to many cases at once: for each act who may, what is asked, and on which cases it cannot be done."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.cases import list_of_acts, reassigning
from engine.cases.models import Case
from engine.kit.db import db
from engine.kit.errors import CityLoopError, NotAllowed
from engine.kit.i18n import N_
from engine.process.models import OpenTask
from engine.supervision import changing_hands, key_cases, orders, urging
from engine.supervision.errors import KeyAlready, NotAtDepartment, OrderWaits
from engine.supervision.models import KeyCase, OrderLevel, OrderState, SupervisionOrder

Values = dict[str, Any]
Cases = Mapping[int, Case]
Outlook = dict[int, tuple[CityLoopError | None, OpenTask | None]]
"""For each case why the act cannot be done there, and the step that it is about, if it is about one."""


def _supervises(by: Actor) -> bool:
    return by.has(Permission.case_supervise)


def _gives(by: Actor) -> bool:
    return _supervises(by) or by.has(Permission.department_lead)


def _takes(by: Actor) -> bool:
    """Whoever supervises and does no step himself has nothing to take over."""
    does_steps = bool(by.permissions & {act.permission.value for act in list_of_acts.STEP_ACTS})
    return by.has(Permission.department_lead) or (_supervises(by) and does_steps)


def _no_outlook(cases: Cases, _: Actor) -> Outlook:
    return dict.fromkeys(cases, (None, None))


@dataclass(frozen=True)
class BulkAct:
    """An act that can be done to many: ``name`` is also its form's; ``reason`` the field that must be filled in."""

    name: str
    label: str
    reason: str
    perform: Callable[[Case, Values, Actor, datetime], None]
    outlook: Callable[[Cases, Actor], Outlook] = _no_outlook
    may: Callable[[Actor], bool] = _supervises


def check(name: str, by: Actor) -> None:
    """Raises NotAllowed for whoever does this act to no case at all."""
    if not ACTS[name].may(by):
        raise NotAllowed


def open_to(by: Actor) -> list[BulkAct]:
    """The acts that this person may do to many cases."""
    return [act for act in ACTS.values() if act.may(by)]


def _urge(case: Case, values: Values, by: Actor, at: datetime) -> None:
    urging.urge(case, values["to"], values["note"], by=by, at=at)


def _urging_outlook(cases: Cases, _: Actor) -> Outlook:
    return {number: (urging.refusal(case), None) for number, case in cases.items()}


def _order(case: Case, values: Values, by: Actor, at: datetime) -> None:
    orders.issue(case, values["text"], level=OrderLevel(values["level"]), by=by, at=at)


def _order_outlook(cases: Cases, _: Actor) -> Outlook:
    """One statement: cases about which an order waits."""
    waiting = SupervisionOrder.state.in_(sorted(OrderState.waiting()))
    rows = select(SupervisionOrder.case_id, SupervisionOrder.number).where(
        SupervisionOrder.case_id.in_(list(cases)), waiting
    )
    ordered = dict(db.session.execute(rows).tuples().all())
    return {number: (_order_refusal(case, ordered.get(number)), None) for number, case in cases.items()}


def _order_refusal(case: Case, waiting: str | None) -> CityLoopError | None:
    if case.department_id is None or case.ended_at is not None:
        return NotAtDepartment()
    return OrderWaits(number=waiting) if waiting else None


def _mark(case: Case, values: Values, by: Actor, at: datetime) -> None:
    key_cases.mark(case, values["reason"], by=by, at=at)


def _mark_outlook(cases: Cases, _: Actor) -> Outlook:
    rows = select(KeyCase.case_id).where(KeyCase.case_id.in_(list(cases)), KeyCase.ended_at.is_(None))
    watched = set(db.session.scalars(rows))
    return {number: (KeyAlready() if number in watched else None, None) for number in cases}


def _give_outlook(cases: Cases, by: Actor) -> Outlook:
    tasks = changing_hands.open_steps(cases)
    return {
        number: changing_hands.looked_for(changing_hands.meant, case, tasks[number], reassigning.may_move, by)
        for number, case in cases.items()
    }


def _take_outlook(cases: Cases, by: Actor) -> Outlook:
    tasks, parts = changing_hands.open_steps(cases), changing_hands.parts_of(cases, by)
    return {
        number: changing_hands.looked_for(changing_hands.untaken, case, tasks[number], by, parts[number])
        for number, case in cases.items()
    }


def people_for(steps: Iterable[tuple[Case, OpenTask | None]]) -> list[tuple[str, str]]:
    """Whom steps can be given to, as (id, name with department): one statement."""
    found = changing_hands.people((case, step) for case, step in steps if step is not None)
    return [(str(user.id), f"{user.name} · {department}") for user, department in found]


ACTS: dict[str, BulkAct] = {
    act.name: act
    for act in (
        BulkAct("urging", N_("Urge"), "note", _urge, _urging_outlook),
        BulkAct("supervision_order", N_("Issue a supervision order"), "text", _order, _order_outlook),
        BulkAct("key_case", N_("Put under special watch"), "reason", _mark, _mark_outlook),
        BulkAct("bulk_reassignment", N_("Give to somebody else"), "reason", changing_hands.give, _give_outlook, _gives),
        BulkAct("bulk_takeover", N_("Take over"), "note", changing_hands.take, _take_outlook, _takes),
    )
}
