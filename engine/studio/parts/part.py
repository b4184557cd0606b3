"""What every part of a configuration can do."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError

from engine.access.actors import Actor
from engine.kit.errors import CityLoopError, Invalid
from engine.kit.i18n import N_
from engine.studio import archive_file
from engine.studio.archive_comparing import Items, Tell, Title
from engine.studio.archive_file import Files
from engine.studio.errors import ArchiveRefused

MOST_ITEMS = 20_000
PIECE = " · "
"""Between the pieces of a line, each of which may be a word of its part."""


@dataclass(frozen=True)
class Problem:
    """Why an item cannot be put in force: an English sentence with its places. ``key`` is empty for the whole part."""

    key: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Hand:
    """Who puts a part in force and when; who brought it in, and why."""

    by: Actor
    at: datetime
    author_id: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Part:
    """One part of a configuration. Items are plain JSON under keys that mean the same in every city.

    ``check`` gets only the items that would be added or changed, and tells what is wrong with them by the rules of
    their own room; ``put`` writes them by the acts of that room, each in its audit log.
    """

    name: str
    label: str
    read: Callable[[], Items]
    check: Callable[[Items, datetime], list[Problem]]
    put: Callable[[Items, Hand], None]
    tell: Tell
    title: Title
    words: Mapping[str, str] = field(default_factory=dict)
    """English msgids for codes among titles and lines; what has none is shown as it is."""
    remove: Callable[[Collection[str], Hand], None] | None = None
    """Take items out of use that an archive has not; None where that is not done from an archive."""
    is_ground: bool = False
    """Other parts name its items: a rehearsal puts it down before these are looked at."""
    suppose: Callable[[Items], AbstractContextManager[None]] | None = None
    """The same without writing, for what is kept in memory: within it others are checked as if the items were here."""
    gives_rights: bool = False
    """Only the security administrator agrees to it."""
    suffix: str = "json"
    """Of its files: "json" for one file of all items, else each item is a text with a file of its own."""

    def files(self, items: Items) -> dict[str, bytes]:
        """The items as files of an archive."""
        if self.suffix == "json":
            return {f"{self.name}.json": archive_file.written(items)}
        return {f"{self.name}/{key}.{self.suffix}": text.encode() for key, text in items.items()}

    def items(self, files: Files) -> Items:
        """The items that files of an archive hold. Raises ArchiveRefused."""
        try:
            return self._texts(files) if self.suffix != "json" else self._table(files)
        except ValueError as error:
            raise ArchiveRefused(N_("%(path)s cannot be read."), path=min(files, default=self.name)) from error

    def _texts(self, files: Files) -> dict[str, str]:
        head, tail = f"{self.name}/", f".{self.suffix}"
        if not all(path.startswith(head) and path.endswith(tail) for path in files):
            raise ValueError("not of this part")
        return {path[len(head) : -len(tail)]: content.decode("utf-8") for path, content in files.items()}

    def _table(self, files: Files) -> dict[str, Any]:
        if set(files) != {f"{self.name}.json"}:
            raise ValueError("not the one file of this part")
        found = archive_file.read_json(files[f"{self.name}.json"])
        if not isinstance(found, dict) or len(found) > MOST_ITEMS:
            raise ValueError("no table of items")
        return found


def shaped(schema: Schema, items: Items) -> list[Problem]:
    """What is missing, unknown or of the wrong kind in items, by the schema that each must follow."""
    found = []
    for key, item in items.items():
        try:
            schema.load(item)
        except ValidationError as error:
            text = N_("“%(place)s” is missing, unknown, or not of the right kind.")
            found += [Problem(key, text, {"place": place}) for place in _places(error.messages)]
    return found


def refusals(key: str, error: CityLoopError) -> list[Problem]:
    """What a room refuses, as problems of the item ``key``."""
    inner = [each for found in error.fields.values() for each in found] if isinstance(error, Invalid) else []
    return [Problem(key, each.text, each.params) for each in inner] or [Problem(key, error.message_id, error.params)]


def _places(messages: Any, above: str = "") -> list[str]:
    if not isinstance(messages, dict):
        return [above]
    inner = ((f"{above}.{name}" if above else str(name), each) for name, each in messages.items())
    return [place.removesuffix("._schema") for name, each in inner for place in _places(each, name)]
