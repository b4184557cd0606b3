"""A further calendar, as an administrator or an archive wants it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.audit import recording
from engine.calendars import queries, seeds
from engine.calendars.hours import WeeklyHours
from engine.calendars.models import Calendar
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer


def open_calendar(
    name: str,
    time_zone: str,
    weeks: Sequence[WeeklyHours],
    fixed_holidays: Sequence[str],
    *,
    by: Doer,
    at: datetime,
    is_standard: bool = False,
) -> Calendar:
    """A calendar without any year yet. Raises Invalid for ``name`` (taken) and ``time_zone``."""
    if any(one.name == name for one in queries.calendars()):
        raise Invalid.field("name", N_("There is a calendar of this name already."))
    made = seeds.create(
        name, zone(time_zone).key, at=at, weeks=weeks, fixed_holidays=fixed_holidays, is_standard=is_standard
    )
    recording.record("calendar.created", by=by, at=at, object_kind="calendar", object_id=made.id, detail={"name": name})
    return made


def zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name. Raises Invalid for ``time_zone``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid.field("time_zone", N_("There is no such time zone.")) from None
