"""How a case becomes a row and rows become a workbook: reports above this room make both, and register how."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from engine.cases.models import Case

Row = list[Any]
"""What JSON can hold: rows wait in files until all are there."""


@dataclass(frozen=True)
class Writer:
    """The two halves of making a workbook. ``rows`` takes the locale and the moment that lamps are judged at."""

    rows: Callable[[Iterable[Case], str, datetime], list[Row]]
    write: Callable[[BinaryIO, Iterable[Row], str], int]


_writer: list[Writer] = []


def register(writer: Writer) -> None:
    """Write workbooks so: whoever starts the program says this once."""
    _writer[:] = [writer]


def writer() -> Writer:
    """How workbooks are written. Raises LookupError where nobody said."""
    if not _writer:
        raise LookupError("nobody said how workbooks are written")
    return _writer[0]
