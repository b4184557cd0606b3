"""Working calendars: a year at a glance, its exceptions, and years that are still to be published."""

from calendar import Calendar as MonthGrid
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_day_names
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.calendars import editing, queries
from engine.calendars.models import Calendar
from engine.forms import catalogue as forms
from engine.kit import clock
from web.admin.door import door
from web.filling import Filling
from web.guards import requires
from web.session import current_actor


@door.get("/calendars")
@requires(Permission.calendar_manage)
def calendars() -> ResponseReturnValue:
    """To the standard calendar, this year."""
    return redirect(url_for(".calendar", calendar_id=queries.find().id))


@door.route("/calendars/<int:calendar_id>", methods=["GET", "POST"])
@requires(Permission.calendar_manage)
def calendar(calendar_id: int) -> ResponseReturnValue:
    """One year; add an exception."""
    row = queries.find(calendar_id)
    year = _year(row)
    filling = Filling(forms.load("calendar_exception"), initial={"date": request.args.get("date", ""), "kind": "off"})
    if filling.done(lambda values: _except(row, values)):
        flash(_("The exception is entered. Open time limits are reckoned again."), "success")
        return redirect(url_for(".calendar", calendar_id=row.id, year=year), 303)
    page = render_template(
        "admin/calendar.html",
        calendar=row,
        calendars=queries.calendars(),
        year=year,
        months=_months(row, year),
        exceptions=queries.exceptions(row.id, year),
        warnings=queries.warnings(clock.now()),
        filling=filling,
        weekdays=[get_day_names("narrow", locale=get_locale())[number] for number in range(7)],
        published={one.year: one for one in queries.published_years(row.id)},
    )
    return page, filling.status


@door.post("/calendars/<int:calendar_id>/exceptions/<day>/removal")
@requires(Permission.calendar_manage)
def remove_exception(calendar_id: int, day: str) -> ResponseReturnValue:
    """Let a date follow its weekday again."""
    when = date.fromisoformat(day)
    editing.remove_exception(queries.find(calendar_id), when, by=current_actor(), at=clock.now())
    flash(_("The exception is removed."), "success")
    return redirect(url_for(".calendar", calendar_id=calendar_id, year=when.year), 303)


@door.post("/calendars/<int:calendar_id>/years/<int:year>")
@requires(Permission.calendar_manage)
def publish_year(calendar_id: int, year: int) -> ResponseReturnValue:
    """Declare a year's exceptions complete."""
    editing.publish_year(queries.find(calendar_id), year, by=current_actor(), at=clock.now())
    flash(_("%(year)s is published. Provisional time limits are reckoned again.", year=year), "success")
    return redirect(url_for(".calendar", calendar_id=calendar_id, year=year), 303)


def _except(row: Calendar, values: dict[str, Any]) -> None:
    editing.set_exception(
        row, values["date"], values["kind"], note=values.get("note") or "", by=current_actor(), at=clock.now()
    )


def _year(row: Calendar) -> int:
    here = clock.now().astimezone(ZoneInfo(row.time_zone)).year
    asked = request.args.get("year", here, type=int)
    return min(max(asked, 2000), here + 10)


def _months(row: Calendar, year: int) -> list[list[list[tuple[date, bool, Any]]]]:
    """Twelve months of weeks of days: (date, is it worked, its exception)."""
    excepted = {one.date: one for one in queries.exceptions(row.id, year)}
    hours = queries.working(row.id).hours
    weeks = MonthGrid().monthdatescalendar
    return [
        [[(day, bool(hours.on(day)), excepted.get(day)) for day in week] for week in weeks(year, month)]
        for month in range(1, 13)
    ]
