"""The figures that a statistic may show: every set, indicator and average time of the assessment, by one name each."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.evaluation import durations, formulas, sets
from engine.evaluation.durations import Duration
from engine.evaluation.formulas import Indicator
from engine.evaluation.sets import CaseSet

Counts = dict[str, float]
"""How many cases each set holds, by its name; the seconds of average times beside them."""


@dataclass(frozen=True)
class Measure:
    """One figure. ``kind`` is "number", "rate" (percent) or "hours"."""

    name: str
    kind: str
    source: CaseSet | Indicator | Duration

    @property
    def label(self) -> str:
        """What it is called, an English msgid."""
        return self.source.name if isinstance(self.source, Indicator) else self.source.label

    @property
    def definition(self) -> str:
        """What it counts, an English msgid; empty for a set, whose name says it."""
        return "" if isinstance(self.source, CaseSet) else self.source.definition

    @property
    def sets(self) -> tuple[str, ...]:
        """Names of the sets that it is made of; the first is the one whose cases it opens."""
        if isinstance(self.source, Indicator):
            return self.source.numerator, self.source.denominator
        return (self.source.set_name if isinstance(self.source, Duration) else self.source.name,)

    @property
    def needs_moments(self) -> bool:
        """Is it about what happened, rather than about what is open now? Only then it has a day."""
        return all(sets.SETS[name].anchor != "stock" for name in self.sets)

    def of(self, counts: Mapping[str, float]) -> Decimal | int | None:
        """The figure of a row; None for a rate or an average of no case."""
        if isinstance(self.source, CaseSet):
            return int(counts.get(self.name, 0))
        if isinstance(self.source, Duration):
            return self.source.of(counts)
        return self.source.of({name: int(counts.get(name, 0)) for name in self.sets})


COUNTS = {one.name: Measure(one.name, "number", one) for one in sets.SETS.values()}
RATES = {one.code: Measure(one.code, "rate", one) for one in formulas.INDICATORS}
TIMES = {one.name: Measure(one.name, "hours", one) for one in durations.DURATIONS}
ALL: dict[str, Measure] = COUNTS | RATES | TIMES
"""In the order in which a table shows them."""
