"""Changing a calendar: every change goes into its draft, which is then looked at, applied or discarded."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.calendars import drafting, queries
from engine.calendars.hours import WeeklyHours, read_segments, shown
from engine.calendars.models import Calendar
from engine.deadlines import recalculation
from engine.forms import catalogue as forms
from engine.kit import clock
from engine.kit.errors import Invalid, NotFound
from engine.kit.i18n import N_
from web.admin import year_view
from web.admin.calendars import year_of
from web.admin.door import door
from web.confirming import asks_first
from web.filling import Filling
from web.guards import requires
from web.session import current_actor

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@door.route("/calendars/<int:calendar_id>/days/<day>", methods=["GET", "POST"])
@requires(Permission.calendar_manage)
def calendar_day(calendar_id: int, day: str) -> ResponseReturnValue:
    """One day: off, worked, or as its weekday is."""
    row, when = queries.find(calendar_id), _date(day)
    plan = drafting.plan(row)
    planned = plan.days.get(when)
    initial = {"kind": planned.kind, "note": planned.note, "hours": shown(planned.segments)} if planned else None
    filling = Filling(forms.load("calendar_day"), initial=initial or {"kind": "weekday"})
    if filling.done(lambda values: _set_day(row, when, values)):
        flash(_("%(day)s is in the draft. No time limit moves until you apply it.", day=str(when)), "success")
        return _back(row, year=when.year)
    usual = shown(plan.with_day(when, None).hours(row.fixed_holidays).on(when))
    page = render_template(
        "admin/calendar_day.html",
        calendar=row,
        day=when,
        weekday=year_view.weekdays()[when.weekday()],
        usual=usual,
        filling=filling,
        revision=drafting.revision_of(row),
    )
    return page, filling.status


@door.route("/calendars/<int:calendar_id>/hours", methods=["GET", "POST"])
@requires(Permission.calendar_manage)
def calendar_hours(calendar_id: int) -> ResponseReturnValue:
    """Weekly hours of the whole year, and the list of seasons."""
    row = queries.find(calendar_id)
    weeks = drafting.plan(row).weeks
    base = next((week for week in weeks if week.season is None), WeeklyHours({}))
    filling = Filling(forms.load("calendar_hours"), initial=_hours_of(base))
    if filling.done(lambda values: _set_week(row, WeeklyHours(_days(values)))):
        flash(_("The hours are in the draft. No time limit moves until you apply it."), "success")
        return _back(row)
    seasons = [(week, year_view.week_words(week)) for week in weeks if week.season is not None]
    return _week_page(row, filling, seasons=seasons)


@door.route("/calendars/<int:calendar_id>/seasons/new", methods=["GET", "POST"])
@door.route("/calendars/<int:calendar_id>/seasons/<season>", methods=["GET", "POST"])
@requires(Permission.calendar_manage)
def calendar_season(calendar_id: int, season: str | None = None) -> ResponseReturnValue:
    """One season, named by its days ("06-01_09-30"), or a new one."""
    row = queries.find(calendar_id)
    week = _season(row, season) if season else None
    initial = _hours_of(week) if week else _hours_of(WeeklyHours(_base(row).days, ("06-01", "09-30")))
    filling = Filling(forms.load("calendar_season"), initial=initial)
    if filling.done(lambda values: _set_week(row, _typed_season(values), week.season if week else None)):
        flash(_("The season is in the draft. No time limit moves until you apply it."), "success")
        return _back(row)
    return _week_page(row, filling, season=week)


@door.post("/calendars/<int:calendar_id>/seasons/<season>/removal")
@requires(Permission.calendar_manage)
def remove_season(calendar_id: int, season: str) -> ResponseReturnValue:
    """Let the days of a season have the hours of the whole year."""
    row = queries.find(calendar_id)
    gone = _season(row, season).season or ("", "")
    drafting.remove_season(row, gone, **_seen())
    flash(_("The season is taken out of the draft."), "success")
    return _back(row)


@door.post("/calendars/<int:calendar_id>/years/<int:year>")
@requires(Permission.calendar_manage)
def publish_year(calendar_id: int, year: int) -> ResponseReturnValue:
    """Declare a year's exceptions complete."""
    row = queries.find(calendar_id)
    drafting.publish_year(row, year, **_seen())
    flash(_("%(year)s is published in the draft. Apply it, and provisional time limits settle.", year=year), "success")
    return _back(row, year=year)


@door.post("/calendars/<int:calendar_id>/years/<int:year>/removal")
@requires(Permission.calendar_manage)
@asks_first(
    N_("Remove the year"),
    N_("Due moments in this year or beyond become provisional again, and nobody is judged by them."),
)
def remove_year(calendar_id: int, year: int) -> ResponseReturnValue:
    """Take a published year back."""
    row = queries.find(calendar_id)
    drafting.remove_year(row, year, **_seen())
    flash(_("%(year)s is not published any more in the draft.", year=year), "success")
    return _back(row, year=year)


@door.post("/calendars/<int:calendar_id>/draft/removal")
@requires(Permission.calendar_manage)
@asks_first(N_("Discard the draft"), N_("Every change in it is lost. The calendar in force stays as it is."))
def discard_draft(calendar_id: int) -> ResponseReturnValue:
    """Give the draft up."""
    row = queries.find(calendar_id)
    drafting.discard(row, **_seen())
    flash(_("The draft is discarded. The calendar is as it was."), "success")
    return _back(row, year=year_of(row))


@door.post("/calendars/<int:calendar_id>/draft/preview")
@requires(Permission.calendar_manage)
def preview_draft(calendar_id: int) -> ResponseReturnValue:
    """Look at what the draft would do to open time limits."""
    run = recalculation.preview(queries.find(calendar_id), by=current_actor(), at=clock.now())
    return redirect(url_for(".recalculation", recalculation_id=run.id), 303)


@door.post("/calendars/<int:calendar_id>/draft/application")
@requires(Permission.calendar_manage)
@asks_first(
    N_("Apply the draft"),
    N_(
        "The calendar changes for everybody, and open time limits that are not due yet are reckoned again. What is "
        "overdue or has been judged stays."
    ),
)
def apply_draft(calendar_id: int) -> ResponseReturnValue:
    """Put the draft in force; workers reckon open time limits with it."""
    run = recalculation.apply(queries.find(calendar_id), **_seen())
    flash(_("The calendar is in force. Open time limits are being reckoned again."), "success")
    return redirect(url_for(".recalculation", recalculation_id=run.id), 303)


def _week_page(row: Calendar, filling: Filling, **shown_too: Any) -> ResponseReturnValue:
    revision = drafting.revision_of(row)
    page = render_template("admin/calendar_hours.html", calendar=row, filling=filling, revision=revision, **shown_too)
    return page, filling.status


def _seen() -> dict[str, Any]:
    """Who acts, when, and which revision of the draft the page showed."""
    return {"revision": request.form.get("revision", -1, type=int), "by": current_actor(), "at": clock.now()}


def _back(row: Calendar, **query: Any) -> ResponseReturnValue:
    return redirect(url_for(".calendar", calendar_id=row.id, **query), 303)


def _set_day(row: Calendar, when: date, values: dict[str, Any]) -> None:
    if values["kind"] == "weekday":
        drafting.clear_day(row, when, **_seen())
        return
    hours = read_segments(values.get("hours") or "", "hours")
    drafting.set_day(row, when, values["kind"], segments=hours, note=values.get("note") or "", **_seen())


def _set_week(row: Calendar, week: WeeklyHours, replaces: tuple[str, str] | None = None) -> None:
    try:
        drafting.set_week(row, week, replaces=replaces, **_seen())
    except Invalid as refused:
        # That there are no hours at all stands beside the first field.
        refused.fields = {"monday" if name == "segments" else name: one for name, one in refused.fields.items()}
        raise


def _days(values: dict[str, Any]) -> dict[int, tuple[tuple[int, int], ...]]:
    read = {number: read_segments(values.get(name) or "", name) for number, name in enumerate(WEEKDAYS)}
    return {number: segments for number, segments in read.items() if segments}


def _typed_season(values: dict[str, Any]) -> WeeklyHours:
    return WeeklyHours(_days(values), (values["season_from"], values["season_to"]))


def _hours_of(week: WeeklyHours) -> dict[str, str]:
    edges = dict(zip(("season_from", "season_to"), week.season or (), strict=False))
    return edges | {name: shown(week.days.get(number, ())) for number, name in enumerate(WEEKDAYS)}


def _base(row: Calendar) -> WeeklyHours:
    return next((week for week in drafting.plan(row).weeks if week.season is None), WeeklyHours({}))


def _season(row: Calendar, name: str) -> WeeklyHours:
    found = next((week for week in drafting.plan(row).weeks if week.season and "_".join(week.season) == name), None)
    if found is None:
        raise NotFound
    return found


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
