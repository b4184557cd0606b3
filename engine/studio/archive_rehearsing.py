"""What an archive would do, found out by doing it and undoing it: every part checked by the rules of its own room.

Parts may build on each other (a drawing on a role that comes with it), so that those which others name are put down
for a moment. Nothing of a rehearsal is ever committed.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.access.actors import SYSTEM
from engine.kit.db import db
from engine.kit.errors import CityLoopError
from engine.studio import archive_comparing
from engine.studio.archive_comparing import ADDED, CHANGED, REMOVED, Difference, Items
from engine.studio.archive_file import Unpacked
from engine.studio.parts import registry
from engine.studio.parts.part import Hand, Part, Problem, refusals


@dataclass(frozen=True)
class Look:
    """What one part of an archive would do here; with ``problems`` it can not be applied, and is not compared."""

    part: str
    problems: tuple[Problem, ...] = ()
    differences: tuple[Difference, ...] = field(default=(), repr=False)
    same: int = 0
    """Items that are here already as the archive has them."""

    @property
    def digest(self) -> str:
        """Of its differences."""
        return archive_comparing.digest(list(self.differences))

    def plain(self) -> dict[str, Any]:
        """As a row keeps it, without the differences themselves."""
        counts = {kind: sum(one.kind == kind for one in self.differences) for kind in (ADDED, CHANGED, REMOVED)}
        problems = [[one.key, one.text, dict(one.params)] for one in self.problems]
        return {"part": self.part, "same": self.same, "digest": self.digest, "problems": problems, **counts}


def items(unpacked: Unpacked) -> dict[str, Items]:
    """The items of each part of an archive. Raises ArchiveRefused for what cannot be read."""
    return {name: registry.find(name).items(files) for name, files in unpacked.parts.items()}


def rehearse(wanted: Mapping[str, Items], at: datetime) -> list[Look]:
    """What each of these parts would do, in the order in which they are applied."""
    with _undone(), ExitStack() as supposed:
        return [_look(part, wanted[part.name], at, supposed) for part in registry.PARTS if part.name in wanted]


def look(part: Part, there: Items, at: datetime) -> tuple[Look, Items]:
    """One part beside what is in force: what it would do, and the items that are to be put."""
    here = part.read()
    new = {key: item for key, item in there.items() if key not in here or here[key] != item}
    problems = tuple(part.check(new, at)) if new else ()
    if problems:
        return Look(part.name, problems), new
    found = archive_comparing.between(here, there, title=part.title, tell=part.tell)
    return Look(part.name, differences=tuple(found), same=len(there) - len(new)), new


def removed(found: Look) -> Collection[str]:
    """Keys of what is here and not in the archive."""
    return [one.key for one in found.differences if one.kind == REMOVED]


def _look(part: Part, there: Items, at: datetime, supposed: ExitStack) -> Look:
    found, new = look(part, there, at)
    if not new or found.problems:
        return found
    if part.suppose is not None:
        supposed.enter_context(part.suppose(new))
    if part.is_ground:
        try:
            # Not in anybody's name: who may agree to it is asked when somebody does.
            part.put(new, Hand(SYSTEM, at))
        except CityLoopError as refusal:
            return Look(part.name, tuple(refusals("", refusal)))
    return found


@contextmanager
def _undone() -> Iterator[None]:
    savepoint = db.session.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
