"""What a report is made of: chapters with text, tables and figures. Pages, PDFs and workbooks show the same parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Value = int | float | str | None
MOST_BESIDE = 116
"""In characters."""


@dataclass(frozen=True)
class Column:
    """A column: its heading in the reader's language, and "text", "number", "rate" or "hours"."""

    heading: str
    kind: str = "number"
    width: int = 12
    """In characters, for workbooks."""


@dataclass(frozen=True)
class Cell:
    """``text`` is what is read, ``value`` what a workbook keeps.

    ``opens`` are the parameters of the list that it counts, ``case_id`` is the case that it names.
    """

    text: str
    value: Value = None
    opens: Mapping[str, str | Sequence[str]] | None = None
    case_id: int | None = None


@dataclass(frozen=True)
class Table:
    """A table; ``total`` rows stand at its end. ``number`` is "1-2" once it has its place."""

    name: str
    title: str
    columns: list[Column]
    rows: list[list[Cell]]
    total: list[Cell] | None = None
    note: str = ""
    number: str = ""
    is_dense: bool = False

    @property
    def is_wide(self) -> bool:
        """Too many or too long columns for something to stand beside it on a page."""
        return sum(column.width for column in self.columns) > MOST_BESIDE


@dataclass(frozen=True)
class Figure:
    """A chart; ``option`` is ECharts' own, plain JSON; ``summary`` says in words what it shows."""

    name: str
    title: str
    option: dict[str, Any]
    summary: str
    height: int = 260
    number: str = ""
    is_half: bool = False
    """Two such figures in a row stand side by side."""


@dataclass(frozen=True)
class Chapter:
    """A chapter with its ordinal as it is printed: "一" or "1"."""

    name: str
    title: str
    ordinal: str = ""
    paragraphs: list[str] = field(default_factory=list)
    parts: list[Table | Figure] = field(default_factory=list)
    terms: list[tuple[str, str]] = field(default_factory=list)
    """Definitions: a name and its explanation."""
