"""A dry run along every path of a drawing, with facts that were made up so that each path is taken.

``report(source)`` takes a drawing's XML, a draft's or a version's. The states are found by ``process.exploring``;
``path_choosing`` makes paths of them, and ``path_telling`` has the real engine walk each once more, with the real
conditions and the facts that it needs.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select

from engine.access.models import Role
from engine.kit.db import db
from engine.kit.errors import CityLoopError
from engine.organization.models import Post, User
from engine.process import exploring, specs, xml
from engine.process.exploring import Explored
from engine.process.finding import Shape, name_of
from engine.process.sharing import Shared
from engine.studio.errors import DrawingDoesNotRun
from engine.studio.path_choosing import Chooser
from engine.studio.path_telling import Path, Teller


@dataclass(frozen=True)
class Report:
    """What a dry run found.

    ``never_reached`` are nodes; ``closed_flows`` flows with conditions that no facts make true; ``loops`` nodes that a
    loop comes back to, where longer paths were cut. ``is_whole``: apart from these, no path is missing.
    """

    paths: tuple[Path, ...]
    names: dict[str, str]
    never_reached: tuple[str, ...]
    closed_flows: tuple[tuple[str, str], ...]
    loops: tuple[str, ...]
    is_whole: bool

    @property
    def roles(self) -> set[str]:
        """Every role that a step is offered to."""
        return {step.role for path in self.paths for step in path.steps if step.kind == "complete" and step.role}

    @property
    def ends(self) -> Counter[str]:
        """The ends that are reached, with the number of paths that come to each."""
        return Counter(end for path in self.paths for end in path.ends)


def report(source: str) -> Report:
    """The dry run of a drawing; kept in memory under its fingerprint. Takes some seconds for a large one.

    Raises UnreadableXml, DrawingDoesNotRun.
    """
    return _kept.get(sha256(source.encode()).hexdigest(), lambda: source)


def without_holders(roles: set[str]) -> set[str]:
    """Those of these roles that nobody holds: steps offered to them wait for ever. One statement."""
    held = (
        select(Role.code)
        .join(Post, Post.role_id == Role.id)
        .join(User, User.id == Post.user_id)
        .where(Role.code.in_(roles), User.is_active)
        .distinct()
    )
    return roles - set(db.session.scalars(held)) if roles else set()


def _make(source: str) -> Report:
    shape = Shape(xml.read(source))
    try:
        drawn = specs.parse(source)
    except CityLoopError as error:
        raise DrawingDoesNotRun from error
    found = exploring.explore(drawn, source)
    chosen, is_whole, loops = Chooser(found).paths()
    teller = Teller(drawn, shape)
    paths = tuple(teller.path(number, ways) for number, ways in enumerate(chosen, 1))
    reached = {node for way in found.all_ways() for node in (*way.path, way.node)}
    return Report(
        paths=paths,
        names={key: name_of(node) for key, node in shape.nodes.items()},
        never_reached=tuple(sorted(shape.nodes.keys() - reached)) if found.is_whole else (),
        closed_flows=tuple(_closed(found, shape)),
        loops=tuple(sorted(loops)),
        is_whole=is_whole and found.is_whole,
    )


_kept: Shared[Report] = Shared(_make, most=20)


def _closed(found: Explored, shape: Shape) -> Iterator[tuple[str, str]]:
    """Flows that were only ever gone by force."""
    choices = [choice for way in found.all_ways() for choice in way.choices]
    opened = {(choice.gateway, source) for choice in choices if not choice.is_forced for source in choice.holding}
    for choice in dict.fromkeys((each.gateway, each.holding) for each in choices if each.is_forced):
        for flow in shape.outgoing.get(choice[0], []):
            source = "".join("".join(each.itertext()) for each in xml.find(flow, "./bpmn:conditionExpression")).strip()
            if source in choice[1] and (choice[0], source) not in opened:
                yield flow.get("id", ""), source
