"""How far a recalculation of open time limits has come, and what it does to them; a preview of one looks the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from engine.access.permissions import Permission
from engine.calendars import drafting
from engine.calendars import queries as calendars
from engine.cases.models import Case
from engine.deadlines import recalculation as running
from engine.deadlines.effects import Tally
from engine.deadlines.models import Recalculation
from engine.kit import clock
from engine.kit.db import db
from web import progress
from web.admin import wording
from web.admin.door import door
from web.guards import requires
from web.session import current_actor
from web.times import duration


@dataclass(frozen=True)
class Line:
    """One of the time limits that move farthest."""

    number: str
    name: str
    before: datetime
    after: datetime
    is_later: bool
    shift: str


@door.get("/calendars/recalculations/<int:recalculation_id>")
@requires(Permission.calendar_manage)
def recalculation(recalculation_id: int) -> ResponseReturnValue:
    """Progress and figures; the part that changes is asked for again every second while it runs."""
    run = running.get(recalculation_id)
    return progress.page("admin/recalculation.html", **_shown(run))


@door.post("/calendars/recalculations/<int:recalculation_id>/cancellation")
@requires(Permission.calendar_manage)
def cancel_recalculation(recalculation_id: int) -> ResponseReturnValue:
    """Leave the rest as it is."""
    running.cancel(running.get(recalculation_id), by=current_actor(), at=clock.now())
    flash(_("Cancelled. What was reckoned stays so."), "success")
    return redirect(url_for(".recalculation", recalculation_id=recalculation_id), 303)


@door.post("/calendars/recalculations/<int:recalculation_id>/continuation")
@requires(Permission.calendar_manage)
def continue_recalculation(recalculation_id: int) -> ResponseReturnValue:
    """Take a cancelled one up again."""
    running.go_on(running.get(recalculation_id), by=current_actor(), at=clock.now())
    flash(_("It goes on."), "success")
    return redirect(url_for(".recalculation", recalculation_id=recalculation_id), 303)


def _shown(run: Recalculation) -> dict[str, Any]:
    calendar = calendars.find(run.calendar_id)
    tally = Tally.from_json(run.tally)
    draft = drafting.find(calendar) if run.is_preview else None
    return {
        "run": run,
        "clocks": wording.CLOCKS,
        "calendar": calendar,
        "tally": tally,
        "done": min(run.done, run.total),
        "spreads": [(later, _spread(tally, later=later)) for later in (True, False)],
        "lines": _lines(tally),
        "draft": draft,
        "is_of_draft": draft is not None and draft.revision == run.draft_revision,
        "may_go_on": run.state == "cancelled" and not run.is_preview and run.version == calendar.version,
    }


def _spread(tally: Tally, *, later: bool) -> dict[str, str] | None:
    found = tally.spread(later=later)
    return {name: duration(span) for name, span in found.items()} if found else None


def _lines(tally: Tally) -> list[Line]:
    """Administrators see a case's number, as they do in the audit log, and nothing else of it."""
    ids = [one["subject_id"] for one in tally.strongest if one["subject_kind"] == "case"]
    numbers = dict(db.session.execute(select(Case.id, Case.number).where(Case.id.in_(ids))).tuples().all())
    return [
        Line(
            numbers.get(one["subject_id"], "") if one["subject_kind"] == "case" else "",
            one["name"],
            datetime.fromisoformat(one["before"]),
            datetime.fromisoformat(one["after"]),
            one["minutes"] > 0,
            duration(abs(one["minutes"]) * 60),
        )
        for one in tally.strongest
    ]
