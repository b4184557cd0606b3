"""Simulated supervision: departments answer the orders that the ladder issues, and a supervisor reads the answers."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from sqlalchemy import select

from engine.access import actors
from engine.access.actors import Actor
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.cases import queries
from engine.kit.db import db, unit_of_work
from engine.simulation.staff import Staff
from engine.supervision import key_cases, orders, queues, urging
from engine.supervision.models import OrderLevel, OrderState, SupervisionOrder
from engine.supervision.queues import Moment

SILENT = 0.12
"""Share of orders that a department leaves unanswered for days."""
CONTENT = 0.85
"""Share of answers that the supervisor accepts; the others come back for a date."""
ANSWER_HOURS, READ_HOURS, SILENT_HOURS = (0.3, 3.0), (0.5, 4.0), (16.0, 60.0)
ANSWERS = (
    "因连日降雨作业面积水未能按期完成，已增派两名作业人员，今日下班前处置完毕并反馈。",
    "现场需协调占道施工单位，已约定明日上午共同到场，明日 12 时前完成。",
    "作业车辆检修延误，现已恢复，两小时内到场处置。",
    "问题位置与隔壁标段交界，经现场核对由我单位负责，已安排当日清理。",
)


def waiting(since: datetime | None) -> Sequence[SupervisionOrder]:
    """The orders that were issued at or after ``since`` and wait for somebody."""
    chosen = select(SupervisionOrder).where(SupervisionOrder.state.in_(sorted(OrderState.waiting())))
    if since is not None:
        chosen = chosen.where(SupervisionOrder.issued_at >= since)
    return db.session.scalars(chosen.order_by(SupervisionOrder.id)).all()


def when(order: SupervisionOrder, staff: Staff, after: datetime) -> datetime:
    """When somebody comes to an order that waits."""
    random = staff.random("order", order.case_id, order.state, order.times_sent_back)
    is_silent = random.random() < SILENT
    answering = SILENT_HOURS if is_silent else ANSWER_HOURS
    hours = random.uniform(*(answering if order.state == OrderState.open else READ_HOURS))
    return max(after, calendars.working().add(after, Limit(hours, Unit.working_hours)).due)


def act(order_id: int, staff: Staff, at: datetime) -> SupervisionOrder | None:
    """The next thing is done to an order, in one transaction; the order, or None where nothing more is to be done."""
    with unit_of_work():
        order = db.session.get(SupervisionOrder, order_id)
        by = _who(order, staff) if order is not None else None
        if order is None or by is None:
            return None
        order = orders.lock(order_id, by)
        random = staff.random("answer", order.case_id, order.times_sent_back)
        if order.state == OrderState.open:
            orders.reply(order, random.choice(ANSWERS), by=by, at=at)
        elif order.state == OrderState.replied and _is_content(order, random):
            orders.accept(order, by=by, at=at)
        elif order.state == OrderState.replied:
            orders.send_back(order, "答复未写明完成时间，请补充。", by=by, at=at)
        return order


def _is_content(order: SupervisionOrder, random: Random) -> bool:
    """One answer is enough where the case has ended: nobody would write another."""
    return order.times_sent_back > 0 or order.case.ended_at is not None or random.random() < CONTENT


def _who(order: SupervisionOrder, staff: Staff) -> Actor | None:
    if order.state == OrderState.open:
        clerks = staff.by_group.get(actors.group("handling_clerk", department_id=order.department_id), [])
        return clerks[0] if clerks else None
    supervisors = staff.by_group.get("supervisor", [])
    return supervisors[0] if supervisors and order.state == OrderState.replied else None


def look_around(staff: Staff, at: datetime) -> None:
    """A supervisor's morning: the longest overdue is put under special watch, the next ones are urged or ordered."""
    supervisors = staff.by_group.get("supervisor", [])
    if not supervisors:
        return
    by = supervisors[0]
    late = queues.ids("overdue", by, Moment.of(at), most=6)
    with unit_of_work():
        for place, case_id in enumerate(late):
            case = queries.lock(case_id, by)
            if place < 2 and key_cases.watched(case_id) is None:
                key_cases.mark(case, "媒体曝光，市民多次反映", by=by, at=at)
            if place == 0 and case.department_id is not None and orders.waiting_about(case_id) is None:
                orders.issue(case, "请分管负责人牵头处置，书面报告完成时间。", level=OrderLevel.key, by=by, at=at)
            elif place >= 2:
                urging.urge(case, "holder", "请今日内处置并反馈", by=by, at=at)
