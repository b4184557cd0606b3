"""What an archive would make different: one item after the other, with what it is now and what it would be. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from engine.studio.archive_file import written

Item = Any
"""One thing of a part, as JSON has it."""
Items = Mapping[str, Item]
"""The things of a part by their keys, which mean the same in every city."""
Told = Mapping[str, str]
"""An item in lines: what each is called (a word of the part, or data as it is) and what it says."""
ADDED, CHANGED, REMOVED = "added", "changed", "removed"


@dataclass(frozen=True)
class Line:
    """One line that differs; None where there is no such line."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Difference:
    """One item that differs. ``kind`` is ADDED, CHANGED or REMOVED (it is here, and not in the archive)."""

    kind: str
    key: str
    title: str
    lines: tuple[Line, ...]

    def plain(self) -> dict[str, Any]:
        """As a row keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Difference":
        """What :meth:`plain` gave."""
        return cls(plain["kind"], plain["key"], plain["title"], tuple(Line(**line) for line in plain["lines"]))


Tell = Callable[[Item], Told]
Title = Callable[[str, Item], str]


def between(here: Items, there: Items, *, title: Title, tell: Tell) -> list[Difference]:
    """What becomes of ``here`` if ``there`` is put in its place, by kind and then by key.

    What is here, out of use already, and not there, is no difference.
    """
    added = [_difference(ADDED, key, None, there[key], title, tell) for key in sorted(there.keys() - here.keys())]
    both = sorted(key for key in there.keys() & here.keys() if there[key] != here[key])
    changed = [_difference(CHANGED, key, here[key], there[key], title, tell) for key in both]
    gone = sorted(key for key in here.keys() - there.keys() if is_in_use(here[key]))
    return [*added, *changed, *(_difference(REMOVED, key, here[key], None, title, tell) for key in gone)]


def is_in_use(item: Item) -> bool:
    """Whether an item counts today: one that was taken out of use says so itself."""
    return not (isinstance(item, dict) and item.get("is_active") is False)


def digest(differences: list[Difference]) -> str:
    """The same for the same differences: who agrees to them agrees to nothing else."""
    return sha256(written([one.plain() for one in differences])).hexdigest()


def _difference(kind: str, key: str, old: Item, new: Item, title: Title, tell: Tell) -> Difference:
    before = {} if kind == ADDED else tell(old)
    after = {} if kind == REMOVED else tell(new)
    names = dict.fromkeys([*before, *after])
    lines = (Line(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name))
    return Difference(kind, key, title(key, old if kind == REMOVED else new), tuple(lines))
