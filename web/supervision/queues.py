"""The queues: what stands out as a list, with several cases chosen at once for one act."""

from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.attachments import queries as attachments
from engine.cases.models import Case
from engine.deadlines.lamps import Lamp, lamp_of
from engine.supervision import bulk, bulk_acts
from engine.supervision import queues as standing_out
from web.guards import requires
from web.session import current_actor
from web.supervision import narrowing
from web.supervision.door import READERS, door

PAGE_SIZE = 50


@door.get("/queues/")
@requires(*READERS)
def queues() -> ResponseReturnValue:
    """The first queue: what is overdue."""
    return redirect(url_for(".queue", name="overdue"))


@door.get("/queues/<name>")
@requires(*READERS)
def queue(name: str) -> ResponseReturnValue:
    """One page of a queue."""
    actor, moment = current_actor(), narrowing.moment()
    page = standing_out.find(
        name,
        actor,
        moment,
        narrowing.asked_for(),
        page=max(1, request.args.get("page", 1, type=int)),
        size=PAGE_SIZE,
    )
    numbers = [case.id for case in page.rows]
    return render_template(
        "supervision/queue.html",
        queue=standing_out.get(name),
        moment=moment,
        page=page,
        age=lambda case: age(name, case, moment.at),
        lamp=lambda case: lamp(case, moment.at),
        last=standing_out.last_entries(numbers),
        photos=attachments.first_photos("case", numbers),
        chips=narrowing.chips(),
        kept=narrowing.kept(),
        acts=bulk_acts.open_to(actor),
        most=bulk.MOST_ROWS,
    )


def age(name: str, case: Case, at: datetime) -> float | None:
    """Seconds since a case is in a queue; None where the queue tells no age."""
    since = {"overdue": case.due_at, "suspended": case.updated_at, "dormant": case.updated_at}.get(name)
    return (at - since).total_seconds() if since is not None else None


def lamp(case: Case, at: datetime) -> Lamp:
    """The lamp of a case, from its copies of the handling clock."""
    return lamp_of(
        case.due_at,
        case.amber_at,
        case.clock_state,
        at,
        is_provisional=case.due_is_provisional,
        stopped_at=case.handled_at,
    )
