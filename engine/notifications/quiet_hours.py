"""Quiet hours: at night, and where the city wants it on days off, nothing leaves but what is urgent."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.calendars import queries as calendars
from engine.calendars.working_time import Unit, WorkingCalendar
from engine.kit.i18n import N_
from engine.settings import values
from engine.settings.declarations import Setting

CLOCK_TIME = r"([01]\d|2[0-3]):[0-5]\d"
FROM = Setting("messages.quiet_from", str, "21:30", N_("Quiet hours begin"),
               N_("Hour and minute, as 21:30. What is urgent goes out all the same."), pattern=CLOCK_TIME)  # fmt: skip
UNTIL = Setting("messages.quiet_until", str, "07:30", N_("Quiet hours end"),
                N_("The same moment as the beginning: there are none."), pattern=CLOCK_TIME)  # fmt: skip
DAYS_OFF = Setting("messages.quiet_days_off", bool, True, N_("Quiet on days off too"),
                   N_("Weekends and holidays of the standard calendar."))  # fmt: skip
LONGEST = 30
"""Days that the search for a working day goes on: a calendar without any must not hold messages for ever."""


def after(at: datetime) -> datetime:
    """The first moment from ``at`` on that is not quiet, as the settings and the standard calendar say."""
    calendar = calendars.working()
    return loud_from(
        at,
        time.fromisoformat(values.get(FROM)),
        time.fromisoformat(values.get(UNTIL)),
        calendar.zone,
        calendar if values.get(DAYS_OFF) else None,
    )


def loud_from(at: datetime, begin: time, end: time, zone: ZoneInfo, calendar: WorkingCalendar | None) -> datetime:
    """The first moment from ``at`` on outside the quiet hours and, where a calendar is given, on one of its days."""
    local = at.astimezone(zone)
    if _is_quiet(local.time(), begin, end):
        local = _next(local, end)
    for _ in range(LONGEST):
        if calendar is None or _is_worked(local, calendar):
            break
        # A day off ends at midnight; what waited for it leaves when the next night is over.
        midnight = datetime.combine(local.date() + timedelta(days=1), time(), zone)
        local = _next(midnight, end) if _is_quiet(time(), begin, end) else midnight
    return at if local <= at.astimezone(zone) else local.astimezone(at.tzinfo)


def _is_quiet(moment: time, begin: time, end: time) -> bool:
    if begin <= end:
        return begin <= moment < end
    return moment >= begin or moment < end


def _next(local: datetime, end: time) -> datetime:
    """The next time that the wall shows ``end``: today, or after midnight."""
    today = datetime.combine(local.date(), end, local.tzinfo)
    return today if today > local else datetime.combine(local.date() + timedelta(days=1), end, local.tzinfo)


def _is_worked(local: datetime, calendar: WorkingCalendar) -> bool:
    midnight = datetime.combine(local.date(), time(), local.tzinfo)
    following = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
    return calendar.spent(midnight, following, Unit.working_hours) > 0
