"""Running cases of one version by where they stand: how many, whether they can move to another version, why not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from engine.kit.db import db
from engine.process import routes, transposing
from engine.process.instances import INSTANCE
from engine.process.routes import Group, Route, Version
from engine.process.standing import Standing as Tokens
from engine.process.transposing import Choice, Reason

AT_ONCE = 500
Known = dict[str, frozenset[str]]


@dataclass(frozen=True)
class Standing:
    """Cases that stand alike. ``places`` are what people call the nodes where their tokens are.

    ``reasons`` keep them where they are; ``missing`` are facts that they would be asked for later, and not know.
    """

    key: str
    places: tuple[str, ...]
    count: int
    reasons: tuple[Reason, ...]
    missing: tuple[Reason, ...] = ()

    @property
    def can_move(self) -> bool:
        """Whether nothing is in the way."""
        return not self.reasons


@dataclass(frozen=True)
class Overview:
    """Every group, the largest first, and what a mapping has to say or says."""

    groups: tuple[Standing, ...]
    choices: tuple[Choice, ...]
    mapping: Mapping[str, str]

    @property
    def count(self) -> int:
        """All running cases of the version."""
        return sum(group.count for group in self.groups)

    @property
    def movable(self) -> int:
        """Those that can move as the mapping is now."""
        return sum(group.count for group in self.groups if group.can_move)


@dataclass
class _Alike:
    """Cases of one group: one of them stands for all, and ``known`` are the facts that every one has at its nodes."""

    group: Group
    tokens: Tokens
    count: int = 0
    known: Known = field(default_factory=dict)

    def add(self, tokens: Tokens) -> None:
        self.count += 1
        for _, token in tokens.everywhere():
            facts = frozenset(token.facts)
            self.known[token.node] = self.known.get(token.node, facts) & facts


def overview(source: Version, target: Version, mapping: Mapping[str, str] | None = None) -> Overview:
    """Where the running cases of ``source`` stand, and what would become of them in ``target``.

    Without a mapping one is proposed, by equal names and acts. One statement reads them all, at some 20 µs each.
    """
    alike = _alike(routes.route(source, target, {}))
    given = _proposed(routes.route(source, target, {}), alike) if mapping is None else mapping
    way = routes.route(source, target, given)
    groups = [_judged(way, one) for one in sorted(alike, key=lambda one: -one.count)]
    return Overview(tuple(groups), tuple(_choices(way, groups)), given)


def _alike(way: Route) -> list[_Alike]:
    found: dict[str, _Alike] = {}
    for state in _states(way.source.id):
        tokens = way.standing(state)
        group = routes.group_of(tokens)
        found.setdefault(group.key, _Alike(group, tokens)).add(tokens)
    return list(found.values())


def _judged(way: Route, one: _Alike) -> Standing:
    places = tuple(way.plan.source.label(node) for node in one.group.nodes)
    reasons = way.why_not(one.tokens)
    return Standing(one.group.key, places, one.count, reasons, () if reasons else way.will_miss(one.known))


def _proposed(way: Route, alike: Iterable[_Alike]) -> dict[str, str]:
    groups = [_judged(way, one) for one in alike]
    return {choice.key: choice.proposed for choice in _choices(way, groups) if choice.proposed is not None}


def _choices(way: Route, groups: list[Standing]) -> Iterator[Choice]:
    """What is missing, and what was said already: an administrator may say it otherwise."""
    needed = [reason.needs for group in groups for reason in group.reasons if reason.needs is not None]
    for key in dict.fromkeys([*way.plan.mapping, *needed]):
        yield transposing.choice(way.plan, key)


def _states(definition_id: int) -> Iterator[bytes]:
    """The stored states of all that run on a version; a large city has a hundred thousand, so not all in memory."""
    running = (INSTANCE.c.definition_id == definition_id) & INSTANCE.c.ended_at.is_(None)
    chosen = select(INSTANCE.c.state).where(running, INSTANCE.c.state.is_not(None))
    yield from db.session.scalars(chosen.execution_options(yield_per=AT_ONCE))
