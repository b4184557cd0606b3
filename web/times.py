"""Moments and durations as people say them: near ones relative, exact ones on hover, always in the city's zone."""

from datetime import UTC, date, datetime, time, timedelta

from flask_babel import format_date, format_datetime, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from engine.kit import clock
from web.configuration import current_config

MINUTE, HOUR, DAY = 60, 3600, 86_400
WORKING = {"working_hours": HOUR, "working_days": 8 * HOUR}


def moment(value: datetime | None, *, seconds: bool = False) -> Markup:
    """When: "03-02 09:00" this year, with the year otherwise; a dash where there is no moment."""
    if value is None:
        return Markup("–")
    local, now = clock.local(value, current_config().time_zone), clock.local(clock.now(), current_config().time_zone)
    pattern = "MM-dd HH:mm" if local.year == now.year else "yyyy-MM-dd HH:mm"
    return _time(value, format_datetime(value, f"{pattern}:ss" if seconds else pattern))


def day(value: date | datetime | None) -> Markup:
    """The calendar day."""
    if value is None:
        return Markup("–")
    shown = format_datetime(value, "yyyy-MM-dd") if isinstance(value, datetime) else format_date(value, "yyyy-MM-dd")
    return Markup('<time datetime="{0}">{0}</time>').format(shown)


def ago(value: datetime | None) -> Markup:
    """How long since: "3 hours ago"."""
    if value is None:
        return Markup("–")
    seconds = (clock.now() - value).total_seconds()
    if seconds < MINUTE:
        return _time(value, _("just now"))
    return _time(value, _("%(time)s ago", time=duration(seconds)))


def time_left(
    due: datetime | None, lamp: str | None = None, remaining: float | None = None, unit: str | None = None
) -> Markup:
    """How long until ``due``, or by how much it has passed; a stopped clock says so.

    ``remaining`` are the seconds of ``unit`` (of working time, say) that the clock still has; without them calendar
    time is told.
    """
    if str(lamp) == "grey":
        return Markup("{}").format(_("clock stopped"))
    if due is None:
        return Markup("{}").format(_("no time limit"))
    seconds = (due - clock.now()).total_seconds() if remaining is None else remaining
    text = working_duration(abs(seconds), unit) if unit in WORKING else duration(abs(seconds))
    return _time(due, _("%(time)s left", time=text) if seconds >= 0 else _("%(time)s over", time=text))


def midnight(typed: str, *, days: int = 0) -> datetime | None:
    """The beginning of a typed day in the city's zone, ``days`` later; None for what is no such day."""
    try:
        day = date.fromisoformat(typed) + timedelta(days=days)
        # A moment at the very edge of the calendar cannot be said in UTC, and so not asked of a database.
        return datetime.combine(day, time.min, current_config().time_zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def duration(seconds: float | timedelta) -> str:
    """A duration in its largest fitting unit: minutes below two hours, hours below two days, then days."""
    total = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    if total < 2 * HOUR:
        minutes = int(total // MINUTE)
        return ngettext("%(num)s minute", "%(num)s minutes", minutes) if minutes else _("less than a minute")
    if total < 2 * DAY:
        return ngettext("%(num)s hour", "%(num)s hours", int(total // HOUR))
    return ngettext("%(num)s day", "%(num)s days", int(total // DAY))


def working_duration(seconds: float, unit: str | None) -> str:
    """A duration of working time: "3 working hours", "2 working days"."""
    if seconds < HOUR:
        return ngettext("%(num)s working minute", "%(num)s working minutes", int(seconds // MINUTE))
    if unit == "working_days" and seconds >= WORKING["working_days"]:
        return ngettext("%(num)s working day", "%(num)s working days", int(seconds // WORKING["working_days"]))
    return ngettext("%(num)s working hour", "%(num)s working hours", int(seconds // HOUR))


def _time(value: datetime, text: str) -> Markup:
    exact = clock.local(value, current_config().time_zone)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        exact.isoformat(timespec="seconds"), exact.strftime("%Y-%m-%d %H:%M:%S"), text
    )
