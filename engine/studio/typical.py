"""What steps took in the cases of some weeks: how long something takes that a case never had is reckoned from that."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from engine.calendars.working_time import Unit, WorkingCalendar
from engine.process.vocabulary import OUTCOME
from engine.studio.recorded import Record

SAMPLE = 1500
"""Cases that are looked at for this: more would say the same."""


@dataclass
class Typical:
    """Working seconds by act and by role; the usual outcome of acts, and what actions usually give."""

    by_act: dict[str, float] = field(default_factory=dict)
    by_role: dict[str, float] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    given: dict[str, dict[str, Any]] = field(default_factory=dict)

    def seconds(self, act: str | None, role: str | None) -> tuple[float, str] | None:
        """How long a step usually waits, and whether that is said by its act or by its role."""
        if act in self.by_act:
            return self.by_act[act], "act"
        return (self.by_role[role], "role") if role in self.by_role else None

    def as_json(self) -> dict[str, Any]:
        """As a row keeps it."""
        return {"by_act": self.by_act, "by_role": self.by_role, "outcomes": self.outcomes, "given": self.given}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Typical":
        """What ``as_json`` gave."""
        return cls(**kept)


def of(records: Iterable[Record], calendar: WorkingCalendar) -> Typical:
    """What is typical of these cases: medians, and what came most often."""
    by_act: dict[str, list[float]] = defaultdict(list)
    by_role: dict[str, list[float]] = defaultdict(list)
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    given: dict[str, Counter[tuple[tuple[str, Any], ...]]] = defaultdict(Counter)
    for record in records:
        for done in record.done:
            if done.kind == "performed" and done.act:
                given[done.act][tuple(sorted(done.facts.items()))] += 1
            if done.kind != "completed":
                continue
            seconds = calendar.spent(done.opened_at, done.at, Unit.working_hours)
            if done.act:
                by_act[done.act].append(seconds)
                outcomes[done.act][str(done.facts.get(OUTCOME.name))] += 1
            if role := record.drawn.roles.get(done.node):
                by_role[role].append(seconds)
    return Typical(
        {act: median(found) for act, found in by_act.items()},
        {role: median(found) for role, found in by_role.items()},
        {act: found.most_common(1)[0][0] for act, found in outcomes.items()},
        {action: dict(found.most_common(1)[0][0]) for action, found in given.items()},
    )
