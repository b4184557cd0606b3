"""What a changed calendar does to many clocks: who moves, which way, how far. Pure; kept as JSON between slices."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

STRONGEST = 20
"""So many of the clocks that move farthest are kept by name."""


@dataclass(frozen=True)
class Moved:
    """One clock whose due moment, or whose being provisional, changes."""

    clock_id: int
    subject_kind: str
    subject_id: int
    name: str
    before: datetime
    after: datetime
    was_provisional: bool
    is_provisional: bool
    is_running: bool

    @property
    def minutes(self) -> int:
        """How far due moves; negative: to an earlier moment."""
        return round((self.after - self.before) / timedelta(minutes=1))


@dataclass
class Tally:
    """Counts of what becomes of clocks."""

    earlier: int = 0
    later: int = 0
    due_at_once: int = 0
    """In time until now, and overdue from the moment of reckoning on."""
    relieved: int = 0
    """Beyond a due that was provisional, and in time again."""
    settled: int = 0
    """Provisional before, not any more."""
    unsettled: int = 0
    """Provisional from now on: nobody is judged by them."""
    kept: int = 0
    """Overdue already: they keep a due moment that the changed calendar would have moved."""
    shifts: Counter[int] = field(default_factory=Counter)
    """How many clocks move by so many minutes."""
    strongest: list[dict[str, Any]] = field(default_factory=list)

    def add(self, moved: Moved, at: datetime) -> None:
        """Count one clock that moves at ``at``."""
        minutes = moved.minutes
        self.earlier += minutes < 0
        self.later += minutes > 0
        self.settled += moved.was_provisional and not moved.is_provisional
        self.unsettled += moved.is_provisional and not moved.was_provisional
        self._count_lateness(moved, at)
        self.shifts[minutes] += 1
        if minutes:
            self._rank(moved)

    def spread(self, *, later: bool) -> dict[str, timedelta] | None:
        """How far the clocks move that move this way: median, nine in ten at most, farthest; None where none does."""
        found = {abs(minutes): count for minutes, count in self.shifts.items() if minutes and (minutes > 0) is later}
        if not found:
            return None
        quantiles = {"median": 0.5, "most": 0.9, "farthest": 1.0}
        return {name: timedelta(minutes=_quantile(found, share)) for name, share in quantiles.items()}

    @property
    def moved(self) -> int:
        """Clocks of which anything changes."""
        return self.shifts.total()

    def as_json(self) -> dict[str, Any]:
        """As a row keeps it."""
        return asdict(self) | {"shifts": {str(minutes): count for minutes, count in self.shifts.items()}}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Tally":
        """The tally that ``as_json`` gave; an empty one from {}."""
        if not kept:
            return cls()
        shifts = Counter({int(minutes): count for minutes, count in kept["shifts"].items()})
        return cls(**(kept | {"shifts": shifts, "strongest": list(kept["strongest"])}))

    def _count_lateness(self, moved: Moved, at: datetime) -> None:
        if not moved.is_running:
            return
        was_late = moved.before <= at
        self.due_at_once += moved.after <= at and not moved.is_provisional and (not was_late or moved.was_provisional)
        self.relieved += was_late and moved.after > at

    def _rank(self, moved: Moved) -> None:
        self.strongest.append(
            {
                "clock_id": moved.clock_id,
                "subject_kind": moved.subject_kind,
                "subject_id": moved.subject_id,
                "name": moved.name,
                "before": moved.before.isoformat(),
                "after": moved.after.isoformat(),
                "minutes": moved.minutes,
            }
        )
        self.strongest.sort(key=lambda one: (-abs(one["minutes"]), one["clock_id"]))
        del self.strongest[STRONGEST:]


def _quantile(found: dict[int, int], share: float) -> int:
    wanted, seen = share * sum(found.values()), 0
    for minutes in sorted(found):
        seen += found[minutes]
        if seen >= wanted:
            return minutes
    return max(found)
