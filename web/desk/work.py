"""My work: what must be done next, how long is left, what others did before."""

from collections.abc import Sequence
from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.actors import Actor
from engine.attachments import queries as attachments
from engine.calendars import queries as calendars
from engine.calendars.working_time import Unit
from engine.cases import saved_searches, worklist
from engine.grids import queries as grids
from engine.kit import clock
from web import rail
from web.desk import filters, wording
from web.desk.door import door
from web.guards import requires
from web.presenting import address_with
from web.session import current_actor

PAGE_SIZE = 50
DEPARTMENT_STEPS = frozenset({"assignment", "handling", "feedback"})


@door.get("/work")
@requires()
def work() -> ResponseReturnValue:
    """The open steps of this person, most pressing first; queues with their counts above."""
    actor, now = current_actor(), clock.now()
    wanted = filters.of_work()
    queues = worklist.queues(actor, at=now)
    page = worklist.find(
        wanted,
        actor,
        at=now,
        page=max(1, request.args.get("page", 1, type=int)),
        size=PAGE_SIZE,
        sort=request.args.get("sort", "due"),
    )
    return render_template(
        "desk/work.html",
        page=page,
        views=_views(queues, wanted.queue),
        overdue=sum(queue.overdue for queue in queues),
        lamp_of=lambda row: worklist.lamp_of(row.task, row.case, now),
        left=lambda row: _left(row, now),
        photos=attachments.first_photos("case", [row.case.id for row in page.rows]),
        chips=filters.chips(),
        can_be_found=filters.can_be_found(),
        saved=saved_searches.of(actor, "work"),
        regions=grids.places("district"),
        page_name="work",
    )


def _left(row: worklist.Work, now: datetime) -> tuple[float | None, str | None]:
    """Seconds until a step is due (below zero: since it was) in the time that its clock runs by, and that unit."""
    if row.task.due_at is None:
        return None, None
    unit = _unit(row)
    calendar = calendars.working()
    if row.task.due_at >= now:
        return calendar.spent(now, row.task.due_at, unit), unit
    return -calendar.spent(row.task.due_at, now, unit), unit


def _unit(row: worklist.Work) -> Unit:
    """Steps of the department run by the limit of handling, the centre's by working hours, urgent ones by the clock."""
    if row.task.act in DEPARTMENT_STEPS and row.case.limit_unit and not row.case.rework_count:
        return Unit(row.case.limit_unit)
    return Unit.urgent_hours if row.case.is_urgent else Unit.working_hours


@rail.counted("desk.work")
def waiting(actor: Actor) -> int:
    """How many steps wait for this person."""
    return sum(queue.count for queue in worklist.queues(actor, at=clock.now()))


def _views(queues: Sequence[worklist.Queue], here: str) -> list[dict[str, object]]:
    total = sum(queue.count for queue in queues)
    every = {"name": _("All"), "address": address_with(queue=None, page=None), "is_here": not here, "count": total}
    return [every] + [
        {
            "name": wording.step(queue.name, queue.act),
            "address": address_with(queue=queue.node, page=None),
            "is_here": queue.node == here,
            "count": queue.count,
        }
        for queue in queues
    ]
