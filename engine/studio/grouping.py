"""Running cases of one version by where they stand: how many, whether they can move to another version, why not."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from engine.kit.db import db
from engine.process import migrating, transposing
from engine.process.instances import INSTANCE
from engine.process.migrating import Group, Route, Version
from engine.process.transposing import Choice, Reason

AT_ONCE = 500


@dataclass(frozen=True)
class Standing:
    """Cases that stand alike. ``places`` are what people call the nodes where their tokens are."""

    key: str
    places: tuple[str, ...]
    count: int
    reasons: tuple[Reason, ...]

    @property
    def can_move(self) -> bool:
        """Whether nothing is in the way."""
        return not self.reasons


@dataclass(frozen=True)
class Overview:
    """Every group, the largest first, and what a mapping has to say or says."""

    groups: tuple[Standing, ...]
    choices: tuple[Choice, ...]

    @property
    def count(self) -> int:
        """All running cases of the version."""
        return sum(group.count for group in self.groups)

    @property
    def movable(self) -> int:
        """Those that can move as the mapping is now."""
        return sum(group.count for group in self.groups if group.can_move)


def overview(source: Version, target: Version, mapping: Mapping[str, str]) -> Overview:
    """Where the running cases of ``source`` stand, and what would become of them in ``target``."""
    way = migrating.route(source, target, mapping)
    counts: Counter[Group] = Counter()
    reasons: dict[Group, tuple[Reason, ...]] = {}
    for state in _states(source.id):
        where = way.standing(state)
        group = migrating.group_of(where)
        counts[group] += 1
        if group not in reasons:
            reasons[group] = way.why_not(where)
    groups = [
        Standing(group.key, tuple(way.plan.source.label(node) for node in group.nodes), count, reasons[group])
        for group, count in counts.most_common()
    ]
    return Overview(tuple(groups), tuple(_choices(way, groups)))


def proposed(source: Version, target: Version) -> dict[str, str]:
    """A mapping by equal names and acts, for what has to be said."""
    found = overview(source, target, {})
    return {choice.key: choice.proposed for choice in found.choices if choice.proposed is not None}


def _choices(way: Route, groups: list[Standing]) -> Iterator[Choice]:
    """What is missing, and what was said already: an administrator may say it otherwise."""
    needed = [reason.needs for group in groups for reason in group.reasons if reason.needs is not None]
    for key in dict.fromkeys([*way.plan.mapping, *needed]):
        yield transposing.choice(way.plan, key)


def _states(definition_id: int) -> Iterator[bytes]:
    """The stored states of all that run on a version; a large city has a hundred thousand, so not all at once."""
    last = 0
    while True:
        running = (INSTANCE.c.definition_id == definition_id) & INSTANCE.c.ended_at.is_(None) & (INSTANCE.c.id > last)
        chosen = select(INSTANCE.c.id, INSTANCE.c.state).where(running, INSTANCE.c.state.is_not(None))
        rows = db.session.execute(chosen.order_by(INSTANCE.c.id).limit(AT_ONCE)).all()
        yield from (row.state for row in rows)
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].id
