"""The way from one version of a drawing to another: whether instances can go it, and what they will miss there.

``Route`` answers for any instance by its stored state; moving is done in ``migrating``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import select

from engine.kit.db import db
from engine.kit.errors import NotFound
from engine.kit.i18n import N_
from engine.process import charts, codec, instances, rehearsing, specs, standing, together, transposing, vocabulary
from engine.process.instances import DEFINITION
from engine.process.missing import Missing
from engine.process.running import Run
from engine.process.specs import Drawn
from engine.process.standing import Standing
from engine.process.transposing import TAKEN_OFF, Plan, Reason

WALKS = 6
"""Dry runs of cases that stand alike: the drawing itself was walked when it was published; a join that waits for ever
shows in the first of them."""


@dataclass(frozen=True)
class Version:
    """A version as far as it matters here."""

    id: int
    key: str
    version: int
    digest: str


@dataclass(frozen=True)
class Group:
    """Where an instance stands: ``key`` is the same for all that stand alike; ``nodes`` of the old drawing."""

    key: str
    nodes: tuple[str, ...]


class Route:
    """The way from one version to another by a mapping. Where instances stand alike, it is judged once."""

    def __init__(self, source: Version, target: Version, mapping: Mapping[str, str]) -> None:
        self.source, self.target = source, target
        self.plan = Plan(_chart(source), _chart(target), mapping)
        self._judged: dict[str, tuple[Reason, ...]] = {}

    @property
    def drawn(self) -> Drawn:
        """The new drawing."""
        return specs.drawn.get(self.target.digest, lambda: instances.source_of(self.target.id))

    def standing(self, state: bytes) -> Standing:
        """Where an instance with this stored state stands in the old drawing."""
        return standing.read(state, self.plan.source)

    def why_not(self, where: Standing) -> tuple[Reason, ...]:
        """Why an instance that stands there cannot move; empty where it can.

        Its tokens need places in the new drawing, and from there a dry run must never get stuck: that shows joins which
        would wait for ever.
        """
        key = group_of(where).key
        if key not in self._judged:
            found = transposing.reasons(self.plan, where)
            self._judged[key] = tuple(found or (() if self._is_alone(where) else self._stuck(where)))
        return self._judged[key]

    def will_miss(self, known: Mapping[str, frozenset[str]]) -> tuple[Reason, ...]:
        """What instances will be asked for and not know; ``known`` are the facts at their nodes of the old drawing."""
        there = {node: facts for old, facts in known.items() if (node := self.plan.node(old)) not in {None, TAKEN_OFF}}
        text = N_('"%(name)s" asks for %(fact)s, which such a case does not have; it would stop there.')
        asked = self._missing.asked_for(there)  # type: ignore[arg-type]
        called = {name: fact.label for name, fact in vocabulary.facts().items() if fact.label} if asked else {}
        return tuple(Reason(text, {"name": name, "fact": called.get(fact, fact)}) for name, fact in asked)

    @cached_property
    def _missing(self) -> Missing:
        return Missing(instances.source_of(self.target.id))

    def run(self, where: Standing, engine: Any = None) -> Run:
        """The instance in the new drawing; joins that need not wait any longer have gone on."""
        moved = transposing.transposed(self.plan, where)
        run = codec.load(standing.written(moved, self.plan.target), self.drawn, engine)
        run.settle()
        return run

    def _is_alone(self, where: Standing) -> bool:
        """One token, where the new drawing has no other: it stands as if it had come there by itself."""
        tokens = list(where.everywhere())
        if len(tokens) != 1 or tokens[0][1].inside is not None:
            return False
        there = self.plan.node(tokens[0][1].node)
        return there is not None and together.is_alone(self.plan.target, there)

    def _stuck(self, where: Standing) -> Iterator[Reason]:
        for finding in rehearsing.walk_on(lambda engine: self.run(where, engine), WALKS):
            name = finding.params.get("name", "")
            text = N_('Moved there, such a case would get stuck at "%(name)s".') if name else finding.text
            yield Reason(text, {"name": name} if name else finding.params)
            return


def version(definition_id: int) -> Version:
    """One version.

    Raises NotFound.
    """
    columns = (DEFINITION.c.id, DEFINITION.c.key, DEFINITION.c.version, DEFINITION.c.digest)
    row = db.session.execute(select(*columns).where(DEFINITION.c.id == definition_id)).one_or_none()
    if row is None:
        raise NotFound
    return Version(*row)


def route(source: Version, target: Version, mapping: Mapping[str, str]) -> Route:
    """The way from one version to another; what was judged before is remembered."""
    return _route(source, target, orjson.dumps(dict(mapping), option=orjson.OPT_SORT_KEYS))


def group_of(where: Standing) -> Group:
    """The group of instances that stand alike."""
    spots = where.spots()
    nodes = tuple(dict.fromkeys(spot[1] for spot in spots))
    return Group(sha256(orjson.dumps(spots)).hexdigest()[:16], nodes)


def _chart(one: Version) -> charts.Chart:
    return charts.shared(one.digest, one.id)


@lru_cache(maxsize=50)
def _route(source: Version, target: Version, mapping: bytes) -> Route:
    return Route(source, target, orjson.loads(mapping))
