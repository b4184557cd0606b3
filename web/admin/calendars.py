"""Working calendars: a year at a glance, as it is in force or as the draft has it; new calendars; workbooks."""

from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.calendars import drafting, excel, opening, queries
from engine.calendars.errors import NoCalendar
from engine.calendars.models import Calendar
from engine.calendars.plans import Plan
from engine.deadlines import recalculation
from engine.forms import catalogue as forms
from engine.kit import clock
from web import languages
from web.admin import workbooks, year_view
from web.admin.door import door
from web.filling import Filling
from web.guards import requires
from web.session import current_actor


@door.get("/calendars")
@requires(Permission.calendar_manage)
def calendars() -> ResponseReturnValue:
    """To the standard calendar, this year."""
    return redirect(url_for(".calendar", calendar_id=queries.find().id))


@door.get("/calendars/<int:calendar_id>")
@requires(Permission.calendar_manage)
def calendar(calendar_id: int) -> ResponseReturnValue:
    """One year, with the draft and what it changes where there is one."""
    calendars = queries.calendars()
    row = next((one for one in calendars if one.id == calendar_id), None)
    if row is None:
        raise NoCalendar
    year = year_of(row)
    in_force, draft = queries.plan(row), drafting.find(row)
    plan = Plan.from_json(draft.content) if draft and draft.content else in_force
    latest = recalculation.latest_of(row)
    preview = latest.get(True)
    return render_template(
        "admin/calendar.html",
        calendar=row,
        calendars=calendars,
        year=year,
        months=year_view.months(row, year, plan, in_force),
        plan=plan,
        draft=draft,
        differences=year_view.told(drafting.between(in_force, plan)) if draft else [],
        revision=drafting.revision_of(row),
        preview=preview if preview and draft and preview.draft_revision == draft.revision else None,
        recalculation=latest.get(False),
        running_into=recalculation.running_into(row, year) if year in plan.published else 0,
        weekdays=year_view.weekdays("narrow"),
        weeks=[(week, year_view.week_words(week)) for week in plan.weeks],
    )


@door.route("/calendars/new", methods=["GET", "POST"])
@requires(Permission.calendar_manage)
def new_calendar() -> ResponseReturnValue:
    """A further calendar; it begins as the standard one is, without its years."""
    filling = Filling(forms.load("calendar_new"), initial={"time_zone": queries.find().time_zone})
    made: list[Calendar] = []
    if filling.done(lambda values: made.append(_create(values))):
        flash(_("The calendar is there. Enter the holidays of its years."), "success")
        return redirect(url_for(".calendar", calendar_id=made[0].id), 303)
    return render_template("admin/calendar_new.html", filling=filling), filling.status


@door.get("/calendars/<int:calendar_id>/workbook")
@requires(Permission.calendar_manage)
def export_calendar(calendar_id: int) -> ResponseReturnValue:
    """The holidays and exchanged days of a year as a workbook."""
    row = queries.find(calendar_id)
    year = year_of(row)

    def write(stream: BinaryIO) -> None:
        excel.export_year(stream, row, year, locale=languages.chosen())

    return workbooks.send(write, f"calendar-{year}")


@door.route("/calendars/<int:calendar_id>/import", methods=["GET", "POST"])
@requires(Permission.calendar_manage)
def import_calendar(calendar_id: int) -> ResponseReturnValue:
    """Take the holidays of a year from a workbook into the draft."""
    row = queries.find(calendar_id)
    year, seen = year_of(row), request.args.get("revision", drafting.revision_of(row), type=int)

    def importer(stream: BinaryIO, **given: Any) -> excel.Imported:
        return excel.import_year(stream, row, year, revision=seen, **given)

    return workbooks.take_in(importer, back=".calendar", export=".export_calendar", calendar_id=row.id, year=year)


def year_of(row: Calendar) -> int:
    """The year that the page's address asks for; this year where it asks for none."""
    here = clock.now().astimezone(ZoneInfo(row.time_zone)).year
    return min(max(request.args.get("year", here, type=int), drafting.FIRST_YEAR), here + drafting.AHEAD)


def _create(values: dict[str, Any]) -> Calendar:
    standard = queries.find()
    weeks = queries.plan(standard).weeks
    return opening.open_calendar(
        values["name"], values["time_zone"], weeks, standard.fixed_holidays, by=current_actor(), at=clock.now()
    )
