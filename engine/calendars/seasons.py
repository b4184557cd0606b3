"""What a season of weekly hours must be: two days of every year, in some order, apart from other seasons. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from engine.calendars.hours import WeeklyHours, check_segments
from engine.kit.errors import Invalid
from engine.kit.i18n import N_

LEAP_YEAR = 2024
TWICE = N_("The season from %(first)s to %(last)s has %(day)s already: seasons must not overlap.")


def check(week: WeeklyHours) -> None:
    """Raises Invalid for ``segments``, ``season_from`` or ``season_to``."""
    for segments in week.days.values():
        check_segments(segments)
    if not any(week.days.values()):
        raise Invalid.field("segments", N_("A calendar needs some working hours."))
    for name, edge in zip(("season_from", "season_to"), week.season or (), strict=False):
        _day(edge, name)


def check_apart(week: WeeklyHours, others: Iterable[WeeklyHours]) -> None:
    """Raises Invalid for ``season_from`` where two seasons would cover the same day."""
    if week.season is None:
        return
    for first, last, other in ((*other.season, other) for other in others if other.season):
        shared = next((day for day in _every_day() if week.covers(day) and other.covers(day)), None)
        if shared:
            raise Invalid.field("season_from", TWICE, first=first, last=last, day=f"{shared:%m-%d}")


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(f"{LEAP_YEAR}-{text}")
    except ValueError:
        raise Invalid.field(name, N_("A day of the year such as 06-01 is needed.")) from None


def _every_day() -> list[date]:
    return [date(LEAP_YEAR, 1, 1) + timedelta(days=number) for number in range(366)]
