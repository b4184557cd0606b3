"""Reading a CSV file row by row, plain or compressed, whatever its encoding; nothing of it is kept in memory."""

import codecs
import csv
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from engine.kit.i18n import N_
from engine.legacy.cleaning import tidy
from engine.legacy.errors import ColumnsMissing, FileUnreadable, RowRefused
from engine.legacy.mapping import Layout

CHUNK = 1 << 20
LONGEST_FIELD = 4 << 20
UNREADABLE = "\udcff"
"""Stands for bytes that are no character. No text can hold it, while a "\ufffd" may come from an older export."""
BROKEN = (OSError, EOFError, zlib.error)
"""What a damaged archive raises while it is read."""
MARKING = "cityloop-mark-unreadable"
codecs.register_error(MARKING, lambda error: (UNREADABLE, error.end))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Row:
    """A row of the file: the line on which it begins (the heading is line 1), its values by heading, tidied."""

    line: int
    values: dict[str, str]
    problem: RowRefused | None = None
    """What is wrong with the row as such: too many fields, characters that cannot be read."""


@dataclass(frozen=True)
class Table:
    """A file that can be read: ``lines`` is about how many rows it has (quoted texts may run over several lines)."""

    path: Path
    encoding: str
    lines: int
    delimiter: str
    headings: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank. Raises FileUnreadable where the file breaks off."""
        with _text(self.path, self.encoding) as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            next(reader, None)
            yield from _rows(reader, self.headings)


def open_table(path: Path, layout: Layout) -> Table:
    """Look through a file once: encoding, length, headings. Raises FileUnreadable, ColumnsMissing."""
    csv.field_size_limit(LONGEST_FIELD)
    try:
        encoding, lines = _look(path, layout.encoding)
        with _text(path, encoding) as file:
            headings = tuple(tidy(heading) for heading in next(csv.reader(file, delimiter=layout.delimiter), []))
    except (*BROKEN, LookupError, csv.Error) as error:
        raise FileUnreadable(reason=str(error)) from error
    missing = [heading for heading in (*layout.columns.values(), *layout.keep) if heading not in headings]
    if missing:
        raise ColumnsMissing(missing=", ".join(missing), present=", ".join(headings))
    return Table(path, encoding, lines, layout.delimiter, headings)


def _rows(reader: Iterator[list[str]], headings: tuple[str, ...]) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1  # type: ignore[attr-defined]
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, RowRefused(N_("The row cannot be read: %(reason)s"), reason=str(error)))
            continue
        except BROKEN as error:
            raise FileUnreadable(reason=str(error)) from error
        if any(cell.strip() for cell in cells):
            values = {heading: tidy(cell) for heading, cell in zip(headings, cells, strict=False)}
            yield Row(line, values, _problem(cells, headings))


def _problem(cells: list[str], headings: tuple[str, ...]) -> RowRefused | None:
    if len(cells) != len(headings):
        return RowRefused(
            N_("The row has %(count)s fields instead of %(wanted)s."), count=len(cells), wanted=len(headings)
        )
    if any(UNREADABLE in cell for cell in cells):
        return RowRefused(N_("The row holds characters that cannot be read."))
    return None


@contextmanager
def _text(path: Path, encoding: str) -> Iterator[IO[str]]:
    opener = gzip.open if _is_packed(path) else open
    # A broken character spoils its own row, not the file.
    with opener(path, "rt", encoding=encoding, errors=MARKING, newline="") as file:
        yield file


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _look(path: Path, named: str | None) -> tuple[str, int]:
    """The encoding, and how many lines follow the first."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors=MARKING)
    lines, first, faults, foreign = 0, b"", 0, 0
    with (gzip.open if _is_packed(path) else open)(path, "rb") as file:
        while chunk := file.read(CHUNK):
            first = first or chunk[:2]
            lines += chunk.count(b"\n")
            text = decoder.decode(chunk)
            faults += text.count(UNREADABLE)
            foreign += len(text) - len(text.encode("ascii", "ignore"))
    if named:
        return codecs.lookup(named).name, lines
    if first in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return "utf-16", lines
    # Chinese in GB 18030, read as UTF-8, is mostly faults; a broken character or two do not make a file GB 18030.
    return ("gb18030" if faults * 3 > foreign else "utf-8-sig"), lines
