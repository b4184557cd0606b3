"""One page of a long list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

COUNT_CAP = 10_000
"""Counting stops here: a list of a million rows says "more than 10,000" rather than making its reader wait."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of page ``number`` (from 1); ``total`` is exact unless ``capped``."""

    rows: Sequence[T]
    number: int
    size: int
    total: int
    capped: bool = False

    @property
    def pages(self) -> int:
        """How many pages there are (of those counted)."""
        return max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        """Is there a page after this one?"""
        return self.number < self.pages

    @property
    def first(self) -> int:
        """Number of the first row shown, from 1."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return (self.number - 1) * self.size + len(self.rows)
