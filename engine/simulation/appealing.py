"""Simulated appeals: of the departments that were judged late, some say within days why they were not at fault."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from engine.access import actors
from engine.access.actors import Actor
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.cases import acts, appeal, evidence, queries
from engine.cases.models import Case, Stage
from engine.kit.db import db, unit_of_work
from engine.simulation import photos
from engine.simulation.staff import Staff

LATEST = 4.0
"""Working days after which nobody thinks of it any more."""
REASONS = {
    "weather": "连续大雨作业面无法展开，附气象预警和现场照片",
    "others": "占道施工单位未按约定撤场，附协调记录",
    "wrong_limit": "该问题需更换整段管道，原时限不足，附施工方案",
}


def late(since: datetime | None, only: ColumnElement[bool]) -> Sequence[Case]:
    """Cases that were closed at or after ``since`` with their department judged late, and wait for no appeal."""
    chosen = select(Case).where(Case.stage == Stage.closed.value, Case.handled_at > Case.due_at, only)
    if since is not None:
        chosen = chosen.where(Case.closed_at >= since)
    cases = db.session.scalars(chosen.order_by(Case.id)).all()
    return [case for case in cases if appeal.is_possible(case, None)]


def when(case: Case, staff: Staff) -> datetime | None:
    """When its department appeals; None where it puts up with the judgement."""
    random = staff.random("appeal", case.number, case.closed_at)
    if random.random() >= staff.temper.appeals or case.closed_at is None:
        return None
    days = Limit(random.uniform(0.3, LATEST), Unit.working_days)
    return calendars.working().add(case.closed_at, days).due + timedelta(seconds=random.randrange(60))


def make(case_id: int, staff: Staff, at: datetime) -> bool:
    """The department's clerk appeals, in one transaction; False where it is not possible any more."""
    with unit_of_work():
        case = db.session.get(Case, case_id)
        by = _clerk(case, staff) if case is not None else None
        if by is None:
            return False
        case = queries.lock(case_id, by)
        if case.stage != Stage.closed or not appeal.is_possible(case, at):
            return False
        random = staff.random("appealing", case.number)
        drawn = photos.draw("document", random, at.astimezone(calendars.working().zone))
        evidence.attach(case, (drawn,), "document", by=by, at=at)
        reason = random.choice(sorted(REASONS))
        acts.perform(case, "appeal", {"reason": reason, "note": REASONS[reason]}, by=by, at=at)
        return True


def _clerk(case: Case, staff: Staff) -> Actor | None:
    if case.department_id is None:
        return None
    clerks = staff.by_group.get(actors.group("handling_clerk", department_id=case.department_id), [])
    return clerks[0] if clerks else None
