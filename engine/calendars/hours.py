"""Which stretches of a day are worked: weekly hours, seasons, and dated exceptions. Pure, without a database."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from engine.kit.errors import Invalid
from engine.kit.i18n import N_

Segment = tuple[int, int]
"""From and to, in minutes after midnight; ``to`` is not included."""

ORDINARY: tuple[Segment, ...] = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
"""8–12 and 14–18: eight hours (process.md §5.2)."""

DAY_MINUTES = 1440
_STRETCH = re.compile(r"(\d{1,2}):(\d{2})[-–—~至到](\d{1,2}):(\d{2})")


@dataclass(frozen=True)
class WeeklyHours:
    """Hours by weekday (0 is Monday), all year or in a season.

    ``season`` is a pair of "MM-DD", both included; where its first lies after its second, it runs over New Year.
    """

    days: Mapping[int, tuple[Segment, ...]]
    season: tuple[str, str] | None = None

    def covers(self, day: date) -> bool:
        """Whether ``day`` lies in the season; always, where there is none."""
        if self.season is None:
            return True
        (first, last), key = self.season, f"{day:%m-%d}"
        return first <= key <= last if first <= last else key >= first or key <= last


@dataclass(frozen=True)
class Exceptional:
    """A date that does not follow its weekday. ``segments`` may be empty on a working day: ordinary hours then."""

    is_work: bool
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True)
class Hours:
    """Everything that decides the working hours of any date."""

    weeks: tuple[WeeklyHours, ...] = (WeeklyHours(dict.fromkeys(range(5), ORDINARY)),)
    exceptions: Mapping[date, Exceptional] = field(default_factory=dict)
    fixed_holidays: Collection[str] = ()
    published: Collection[int] = ()

    def on(self, day: date) -> tuple[Segment, ...]:
        """The segments worked on ``day``, in order; none on a day off.

        A year that is not published has its weekly hours and the fixed statutory days (process.md §5.4).
        """
        exception = self.exceptions.get(day)
        if exception is None:
            off = day.year not in self.published and f"{day:%m-%d}" in self.fixed_holidays
            return () if off else self._week(day).get(day.weekday(), ())
        if not exception.is_work:
            return ()
        return exception.segments or self._ordinary(day)

    def facts(self) -> tuple[Any, ...]:
        """All that it is made of, hashable: equal where every day has the same hours for the same reasons."""
        weeks = tuple((week.season, tuple(sorted(week.days.items()))) for week in self.weeks)
        days = frozenset((day, one.is_work, one.segments) for day, one in self.exceptions.items())
        return weeks, days, frozenset(self.fixed_holidays), frozenset(self.published)

    def _week(self, day: date) -> Mapping[int, tuple[Segment, ...]]:
        """A season that covers the day goes before the hours of the whole year."""
        covering = [week for week in self.weeks if week.covers(day)]
        seasonal = [week for week in covering if week.season is not None]
        chosen = seasonal or covering
        return chosen[0].days if chosen else {}

    def _ordinary(self, day: date) -> tuple[Segment, ...]:
        """The hours of a weekend day worked in exchange: its own weekday's, else those of the first working weekday."""
        week = self._week(day)
        own = week.get(day.weekday())
        return own or next((week[weekday] for weekday in sorted(week) if week[weekday]), ORDINARY)


def read_segments(text: str, name: str = "segments") -> tuple[Segment, ...]:
    """Hours as people write them: "8:00-12:00 14:00-18:00", with commas too; none where nothing is written.

    Raises Invalid for the field ``name``.
    """
    parts = re.sub(r"\s*([-–—~至到])\s*", r"\1", text.replace("：", ":")).replace("，", " ")
    found = [_stretch(part, name) for part in re.split(r"[\s,;、；]+", parts.strip()) if part]
    check_segments(found, name)
    return tuple(found)


def _stretch(text: str, name: str) -> Segment:
    stretch = _STRETCH.fullmatch(text)
    if stretch is None:
        raise Invalid.field(name, N_("“%(typed)s” is no stretch of time; write 8:00-12:00 14:00-18:00."), typed=text)
    hour, minute, until_hour, until_minute = map(int, stretch.groups())
    if minute > 59 or until_minute > 59:
        raise Invalid.field(name, N_("“%(typed)s” has more than 59 minutes."), typed=text)
    return hour * 60 + minute, until_hour * 60 + until_minute


def shown(segments: Iterable[Segment]) -> str:
    """Hours as :func:`read_segments` takes them back."""
    return " ".join(f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}" for start, end in segments)


def check_segments(segments: Sequence[Segment], name: str = "segments") -> None:
    """Raises Invalid for the field ``name`` where hours end before they begin, overlap or leave the day."""
    for segment in segments:
        if segment[0] >= segment[1]:
            raise Invalid.field(name, N_("%(hours)s ends before it begins."), hours=shown([segment]))
        if segment[0] < 0 or segment[1] > DAY_MINUTES:
            raise Invalid.field(name, N_("%(hours)s leaves the day, which ends at 24:00."), hours=shown([segment]))
    for earlier, later in pairwise(segments):
        if earlier[1] > later[0]:
            told = {"first": shown([earlier]), "second": shown([later])}
            raise Invalid.field(name, N_("%(first)s and %(second)s overlap, or are not in order."), **told)
