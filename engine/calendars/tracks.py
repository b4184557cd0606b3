"""Time as it counts for one unit: pieces that count, gaps that do not. Every sum is exact, in whole numbers."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import lcm
from zoneinfo import ZoneInfo

from engine.calendars.errors import OutsideCalendar
from engine.calendars.hours import Hours

Piece = tuple[int, int, int, int]
"""A stretch that counts: first and last second (since 1970), the position at its start, how much each second counts."""


class Track:
    """A measure of time that never runs backwards.

    ``position`` says how much had counted by a moment; ``moment`` is its inverse: the *first* second at which that much
    has counted. So a limit that fills a segment exactly is due at the segment's end, not at the next one's start
    (process.md §5.3: Saturday 10:00 and four working hours are Monday 12:00).
    """

    __slots__ = ("_after", "_before", "_ends", "_rates", "_starts")

    def __init__(self, pieces: Iterable[Piece]) -> None:
        rows = list(pieces)
        self._starts = [start for start, _, _, _ in rows]
        self._ends = [end for _, end, _, _ in rows]
        self._before = [before for _, _, before, _ in rows]
        self._rates = [rate for _, _, _, rate in rows]
        self._after = [before + (end - start) * rate for start, end, before, rate in rows]

    def position(self, second: int) -> int:
        """How much had counted by ``second``. Raises OutsideCalendar before the first piece."""
        index = bisect_right(self._starts, second) - 1
        if index < 0:
            raise OutsideCalendar(year=_year(second))
        return self._before[index] + (min(second, self._ends[index]) - self._starts[index]) * self._rates[index]

    def second(self, position: int) -> int:
        """The first second at which ``position`` has counted. Raises OutsideCalendar after the last piece."""
        index = bisect_left(self._after, position)
        if index == len(self._after):
            raise OutsideCalendar(year=_year(self._ends[-1]) if self._ends else 1970)
        # Where the wall clock springs forward a position may lie before its piece: the jump itself is the moment.
        missing = max(0, position - self._before[index])
        return self._starts[index] - (-missing // self._rates[index])


class WorkedDays:
    """The worked stretches of every day of some years, as seconds since 1970. Hours are the wall clock's."""

    def __init__(self, hours: Hours, zone: ZoneInfo, years: range) -> None:
        first, last = date(years[0], 1, 1), date(years[-1], 12, 31)
        self.midnights = [_second(day, zone) for day in _days(first, last + timedelta(days=1))]
        self.days = [
            [
                (start, end)
                for opening, closing in segments
                # An hour that the wall clock leaves out may swallow a segment.
                if (start := _at(opening, midnight, day, zone, length))
                < (end := _at(closing, midnight, day, zone, length))
            ]
            for day, midnight, length in zip(_days(first, last), self.midnights[:-1], self._lengths(), strict=True)
            if (segments := hours.on(day))
        ]

    def hours(self) -> Track:
        """Working hours: each worked second counts one."""
        return Track(_count(self.days, [1] * len(self.days)))

    def whole_days(self) -> tuple[Track, int]:
        """Working days, each by its own segments (process.md §5.2), and how much one day counts.

        That is a common multiple of the lengths of all days, so that parts of days of different lengths add up exactly.
        """
        days = [day for day in self.days if day]
        lengths = [sum(end - start for start, end in day) for day in days]
        day_size = lcm(*set(lengths)) if lengths else 1
        return Track(_count(days, [day_size // length for length in lengths])), day_size

    def wall_clock(self, zone: ZoneInfo) -> Track:
        """Calendar days: the wall clock's own seconds, so that n days end at the same moment of the nth day."""
        return Track(_wall_pieces(self.midnights, zone))

    def _lengths(self) -> Iterator[int]:
        return (end - start for start, end in pairwise(self.midnights))


def around_the_clock() -> Track:
    """Urgent hours: elapsed time, nights and holidays included."""
    return Track([(0, 1 << 40, 0, 1)])


def _count(days: list[list[tuple[int, int]]], rates: list[int]) -> Iterator[Piece]:
    counted = 0
    for day, rate in zip(days, rates, strict=True):
        for start, end in day:
            yield start, end, counted, rate
            counted += (end - start) * rate


def _wall_pieces(midnights: list[int], zone: ZoneInfo) -> Iterator[Piece]:
    """One piece per stretch with the same distance from UTC. An hour that the wall clock shows twice counts once."""
    begin, reached = midnights[0], 0
    turns = [*_turns(midnights, zone), midnights[-1]]
    for turn in turns:
        offset = _offset(begin, zone)
        start = max(begin, reached - offset)
        yield start, turn, start + offset, 1
        begin, reached = turn, turn + offset


def _turns(midnights: list[int], zone: ZoneInfo) -> Iterator[int]:
    """The seconds at which the zone's distance from UTC changes, found between two midnights by halving."""
    for low, high in pairwise(midnights):
        if high - low != 86400:
            # The turn may be midnight itself, which the wall clock then leaves out.
            yield _first_changed(low - 1, high, zone)


def _first_changed(low: int, high: int, zone: ZoneInfo) -> int:
    before = _offset(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high


def _at(minute: int, midnight: int, day: date, zone: ZoneInfo, length: int) -> int:
    if length == 86400:
        return midnight + minute * 60
    wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)
    second = int(wall.timestamp())
    if datetime.fromtimestamp(second, zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        # The wall clock never shows it: it springs forward past it, and that is the moment.
        return _first_changed(midnight - 1, midnight + length, zone)
    return second


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _second(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def _offset(second: int, zone: ZoneInfo) -> int:
    distance = datetime.fromtimestamp(second, zone).utcoffset()
    return int(distance.total_seconds()) if distance else 0


def _year(second: int) -> int:
    return datetime.fromtimestamp(max(second, 0), UTC).year
