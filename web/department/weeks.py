"""The due dates of this week and the next as a calendar, with the hours that are worked on each day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.calendars import hours
from engine.calendars import queries as calendars
from engine.calendars.working_time import WorkingCalendar
from engine.cases import load, worklist
from engine.cases.worklist import Work
from engine.kit import clock
from web.configuration import current_config
from web.department.door import door
from web.department.load import led
from web.guards import requires

MOST = 500
"""Entries of one week."""


@dataclass(frozen=True)
class Day:
    """One day with what is due on it; ``hours`` is empty on a day off."""

    date: date
    hours: str
    works: list[Work]
    is_today: bool


@door.get("/department/calendar")
@requires(Permission.department_lead)
def calendar() -> ResponseReturnValue:
    """One week: next week, unless the address names another."""
    now = clock.now()
    today = now.astimezone(current_config().time_zone).date()
    monday = _monday(request.args.get("week", ""), today)
    begin, end = _midnight(monday), _midnight(monday + timedelta(days=7))
    works = load.due_between(led(), begin, end, most=MOST)
    return render_template(
        "department/calendar.html",
        days=_days(monday, works, today),
        monday=monday,
        sunday=monday + timedelta(days=6),
        views=_views(monday, today),
        count=len(works),
        is_cut=len(works) == MOST,
        names=load.names_of({work.task.assignee_id for work in works if work.task.assignee_id}),
        lamp_of=lambda row: worklist.lamp_of(row.task, row.case, now),
        earlier=url_for(".calendar", week=_name(monday - timedelta(days=7))),
        later=url_for(".calendar", week=_name(monday + timedelta(days=7))),
    )


def _days(monday: date, works: Sequence[Work], today: date) -> list[Day]:
    """Every working day of a week, and days off on which something is due all the same (urgent cases)."""
    found = [_day(monday + timedelta(days=number), works, today) for number in range(7)]
    return [day for day in found if day.hours or day.works]


def _day(day: date, works: Sequence[Work], today: date) -> Day:
    zone = current_config().time_zone
    due = [work for work in works if work.task.due_at is not None and work.task.due_at.astimezone(zone).date() == day]
    return Day(day, _worked(calendars.working(), day), due, day == today)


def _worked(calendar: WorkingCalendar, day: date) -> str:
    return hours.shown(calendar.hours.on(day)) if day.year in calendar.years else ""


def _views(monday: date, today: date) -> list[dict[str, object]]:
    this = today - timedelta(days=today.weekday())
    weeks = ((_("This week"), this), (_("Next week"), this + timedelta(days=7)))
    return [
        {"name": name, "address": url_for(".calendar", week=_name(week)), "is_here": week == monday}
        for name, week in weeks
    ]


def _monday(typed: str, today: date) -> date:
    """The Monday of a week named "2026-W11"; next week's for what is no week, or none that a calendar shows."""
    next_week = today - timedelta(days=today.weekday()) + timedelta(days=7)
    try:
        year, week = typed.split("-W")
        wanted = date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        return next_week
    return wanted if abs((wanted - today).days) <= 366 else next_week


def _name(monday: date) -> str:
    year, week, _weekday = monday.isocalendar()
    return f"{year}-W{week:02}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, current_config().time_zone)
