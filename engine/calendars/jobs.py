"""Periodic work on calendars: telling administrators in autumn that the next year is missing."""

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.calendars import queries
from engine.kit.db import unit_of_work
from engine.kit.signals import signals

year_missing = signals.signal("year_missing")
"""Sent with the Calendar, ``years`` and ``at``: once for each calendar and day, as long as years are missing."""


def tell_missing_years(at: datetime) -> int:
    """Tell of every calendar whose year ought to be published by now. Returns of how many. Safe to run twice."""
    told = 0
    with unit_of_work():
        missing = queries.warnings(at)
        for calendar in queries.calendars():
            years = [one.year for one in missing if one.calendar_id == calendar.id]
            today = at.astimezone(ZoneInfo(calendar.time_zone)).date()
            # Not "other than today": a machine's clock that was set back tells nobody twice.
            if years and (calendar.year_missing_told_on is None or calendar.year_missing_told_on < today):
                calendar.year_missing_told_on = today
                year_missing.send(calendar, years=years, at=at)
                told += 1
    return told
