"""What became of many replayed cases: counts, and for each step how often and how long, before and after."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.kit.i18n import N_
from engine.studio.replay import Replayed
from engine.studio.replay_models import Went

_UNTOLD = N_("The reason stands beside each case.")
"""Of figures that were kept before examples were."""


@dataclass
class NodeTally:
    """One step or end: how many times cases came to it, and the seconds that they waited there in all."""

    before: int = 0
    after: int = 0
    waited_before: int = 0
    waited_after: int = 0


@dataclass
class Tally:
    """Counts of what became of cases; ``new_steps`` counts, by node, what said how long a new step takes."""

    went: Counter[str] = field(default_factory=Counter)
    newly_late: int = 0
    relieved: int = 0
    later: int = 0
    late_before: Counter[str] = field(default_factory=Counter)
    late_after: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By reason, what its places hold in the first case for which it was given."""
    nodes: dict[str, NodeTally] = field(default_factory=dict)
    new_steps: dict[str, dict[str, int]] = field(default_factory=dict)
    recorded_seconds: float = 0.0
    """What these cases took in real service, from their beginning to the last thing done, in all."""

    def add(self, replayed: Replayed) -> None:
        """Count one."""
        self.went[replayed.went.value] += 1
        record = replayed.record
        self.recorded_seconds += (record.last_at - record.started_at).total_seconds()
        if replayed.went == Went.not_replayed:
            reason, places = replayed.reason or ("", {})
            self.reasons[reason] += 1
            self.examples.setdefault(reason, places)
            return
        self.newly_late += is_newly_late(replayed)
        self.relieved += is_relieved(replayed)
        self.later += is_later(replayed)
        self.late_before.update(replayed.late_before)
        self.late_after.update(replayed.late_after)
        for node, waited in replayed.nodes.items():
            tally = self.nodes.setdefault(node, NodeTally())
            tally.before += waited.before
            tally.after += waited.after
            tally.waited_before += round(waited.waited_before)
            tally.waited_after += round(waited.waited_after)
        for node, said_by in replayed.new_steps:
            counts = self.new_steps.setdefault(node, {})
            counts[said_by] = counts.get(said_by, 0) + 1

    def plus(self, other: "Tally") -> "Tally":
        """Both together; this one is changed."""
        for name in ("went", "late_before", "late_after", "reasons"):
            getattr(self, name).update(getattr(other, name))
        self.examples = other.examples | self.examples
        for name in ("newly_late", "relieved", "later", "recorded_seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for node, each in other.nodes.items():
            mine = self.nodes.setdefault(node, NodeTally())
            for name, value in vars(each).items():
                setattr(mine, name, getattr(mine, name) + value)
        for node, counts in other.new_steps.items():
            self.new_steps[node] = dict(Counter(self.new_steps.get(node, {})) + Counter(counts))
        return self

    def why(self, most: int = 5) -> list[tuple[str, dict[str, Any], int]]:
        """The commonest reasons: a sentence, what its places hold in one of its cases, and of how many it is told."""
        told = [(text, self.examples.get(text, {}), count) for text, count in self.reasons.most_common(most)]
        return [(_UNTOLD if "%(" in text and not places else text, places, count) for text, places, count in told]

    def as_json(self) -> dict[str, Any]:
        """As a row keeps it."""
        counters = {name: dict(getattr(self, name)) for name in ("went", "late_before", "late_after", "reasons")}
        return vars(self) | counters | {"nodes": {node: asdict(each) for node, each in self.nodes.items()}}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Tally":
        """The tally that ``as_json`` gave; an empty one from {}."""
        if not kept:
            return cls()
        counters = {name: Counter(kept[name]) for name in ("went", "late_before", "late_after", "reasons")}
        nodes = {node: NodeTally(**each) for node, each in kept["nodes"].items()}
        return cls(**(kept | counters | {"nodes": nodes}))


def is_newly_late(replayed: Replayed) -> bool:
    """Whether a time limit would have run out that did not."""
    return bool(Counter(replayed.late_after) - Counter(replayed.late_before))


def is_relieved(replayed: Replayed) -> bool:
    """Whether a time limit ran out that would not have."""
    return bool(Counter(replayed.late_before) - Counter(replayed.late_after))


def is_later(replayed: Replayed) -> bool:
    """Whether its end, or the last thing done in it, would have come later."""
    return replayed.later.total_seconds() >= 1


def all_of(found: Iterable[Replayed]) -> Tally:
    """The tally of these."""
    tally = Tally()
    for replayed in found:
        tally.add(replayed)
    return tally
