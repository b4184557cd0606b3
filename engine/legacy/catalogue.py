"""The categories that a file names, as a code system of the city's own: majors and minors numbered as they come."""

from collections import Counter

from sqlalchemy import select

from engine.catalog.models import Category, CategoryKind
from engine.kit.db import db
from engine.legacy.mapping import Layout

UNNAMED = "其他"
"""A row that names a category but no major one, or the other way round."""


class Catalogue:
    """Ids of categories by the names of major and minor category in the file."""

    def __init__(self, layout: Layout) -> None:
        self._system = layout.code_system
        self._ids: dict[tuple[str, str], int] | None = None
        self._majors: dict[str, str] = {}
        self._minors: Counter[str] = Counter()

    def id_of(self, major: str, name: str) -> int | None:
        """The category of that name, which ``prepare`` has seen; None for a row that names none."""
        return (self._ids or {}).get(_key(major, name))

    def prepare(self, names: set[tuple[str, str]]) -> None:
        """Find or create the categories of a batch."""
        if self._ids is None:
            self._ids = self._read()
        wanted = {_key(*pair) for pair in names if any(pair)}
        for major, name in sorted(wanted - set(self._ids)):
            row = self._new(major, name)
            db.session.add(row)
            db.session.flush()
            self._ids[major, name] = row.id

    def _read(self) -> dict[tuple[str, str], int]:
        ids = {}
        for row in db.session.scalars(select(Category).where(Category.code_system == self._system)):
            ids[row.major_name, row.name] = row.id
            self._majors[row.major_name] = row.major_code
            self._minors[row.major_code] = max(self._minors[row.major_code], int(row.code[len(row.major_code) :]))
        return ids

    def _new(self, major: str, name: str) -> Category:
        major_code = self._majors.setdefault(major, f"{len(self._majors) + 1:02}")
        self._minors[major_code] += 1
        return Category(
            code_system=self._system, kind=CategoryKind.event.value, major_code=major_code, major_name=major,
            code=f"{major_code}{self._minors[major_code]:03}", name=name, certainty="city",
        )  # fmt: skip


def _key(major: str, name: str) -> tuple[str, str]:
    return major or UNNAMED, name or UNNAMED
