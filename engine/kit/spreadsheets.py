"""Reading tables that people fill in (xlsx, CSV) and writing them: every bad cell is named with its line and reason.

What Excel does to codes is refused rather than guessed: lost leading zeros, scientific notation, formulas.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import openpyxl
import xlsxwriter

from engine.kit.cells import Cell, Column, Refused, shown, value_of, words_for
from engine.kit.errors import Invalid
from engine.kit.i18n import DEFAULT_LOCALE, LOCALES, N_, translate

ROW_CAP = 20_000
UNPACKED_CAP = 200 * 1024 * 1024
"""Bytes that a workbook may unpack to: a small zip can hold gigabytes."""
ERROR_CAP = 500
UNREADABLE = (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError, EOFError, AttributeError)
"""What a damaged or hostile workbook makes its reader raise; XML errors are SyntaxErrors, bombs ValueErrors."""


@dataclass(frozen=True)
class Layout:
    """A sheet: its title (msgid) and columns."""

    title: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Row:
    """A line that was read; ``values`` holds only columns without errors, None where a cell is empty."""

    sheet: str
    line: int
    values: dict[str, Any]


@dataclass(frozen=True)
class CellError:
    """What is wrong: ``text`` is a msgid with ``%(name)s`` places, ``column`` a msgid, or "" for the whole line."""

    sheet: str
    line: int
    column: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)

    def sentence(self, locale: str) -> str:
        """The whole message in ``locale``: sheet, line, column, reason."""
        reason = translate(self.text, locale, **self.params)
        places = {"sheet": self.sheet, "line": self.line, "reason": reason}
        if not self.column:
            return translate(N_("%(sheet)s, line %(line)s: %(reason)s"), locale, **places)
        column = translate(self.column, locale)
        text = N_("%(sheet)s, line %(line)s, column %(column)s: %(reason)s")
        return translate(text, locale, column=column, **places)


class Unreadable(Invalid):
    """Nothing was imported: the file has %(count)s errors."""

    def __init__(self, errors: Sequence[CellError]) -> None:
        self.errors = list(errors[:ERROR_CAP])
        super().__init__(count=len(errors))


class NotATable(Invalid):
    """This is not a table that can be read. Please save it as an Excel workbook (.xlsx) or as CSV."""


class TooLong(Invalid):
    """The file is too long: at most %(most)s lines can be imported at once."""


def read(stream: BinaryIO, layouts: Sequence[Layout]) -> tuple[list[list[Row]], list[CellError]]:
    """The rows of every layout, in their order, and what is wrong with them. A CSV file fills the first layout only.

    Raises NotATable, TooLong.
    """
    head = stream.read(4)
    stream.seek(0)
    sheets = _workbook(stream) if head == b"PK\x03\x04" else [("CSV", _csv_lines(stream))]
    errors: list[CellError] = []
    rows = []
    for layout in layouts:
        title, lines = _sheet_of(layout, sheets, only=len(layouts) == 1)
        rows.append(_read_sheet(layout, title, lines, errors) if lines else [])
    if not any(rows) and not errors:
        errors.append(CellError("", 1, "", N_("There are no lines to import.")))
    return rows, errors


def write(stream: BinaryIO, sheets: Iterable[tuple[Layout, Iterable[Mapping[str, Any]]]], locale: str) -> None:
    """Write a workbook that :func:`read` takes back: codes as text, never as formulas or links."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(stream, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EEF2F6", "border": 1})
        as_text = book.add_format({"num_format": "@"})
        for layout, rows in sheets:
            sheet = book.add_worksheet(translate(layout.title, locale)[:31])
            sheet.freeze_panes(1, 0)
            for index, column in enumerate(layout.columns):
                sheet.set_column(index, index, column.width, as_text if column.kind in {"code", "text"} else None)
                sheet.write_string(0, index, translate(column.heading, locale), bold)
            for line, row in enumerate(rows, start=1):
                for index, column in enumerate(layout.columns):
                    _write_cell(sheet, line, index, shown(column, row.get(column.name), locale))


def _write_cell(sheet: Any, line: int, index: int, value: Any) -> None:
    if isinstance(value, int | float):
        sheet.write_number(line, index, value)
    elif value not in (None, ""):
        sheet.write_string(line, index, value)


def _workbook(stream: BinaryIO) -> list[tuple[str, Iterator[list[Cell]]]]:
    try:
        with zipfile.ZipFile(stream) as packed:
            if sum(item.file_size for item in packed.infolist()) > UNPACKED_CAP:
                raise TooLong(most=ROW_CAP)
        stream.seek(0)
        book = openpyxl.load_workbook(stream, read_only=True, keep_links=False)
    except UNREADABLE as error:
        raise NotATable from error
    return [(sheet.title, _sheet_lines(sheet)) for sheet in book.worksheets]


def _sheet_lines(sheet: Any) -> Iterator[list[Cell]]:
    sheet.reset_dimensions()  # What the file says about its own size need not be true.
    try:
        for cells in sheet.iter_rows(max_col=60):
            yield [Cell(cell.value, cell.data_type == "f", cell.data_type == "e") for cell in cells]
    except UNREADABLE as error:
        raise NotATable from error


def _csv_lines(stream: BinaryIO) -> Iterator[list[Cell]]:
    data = stream.read(UNPACKED_CAP)
    if b"\x00" in data[:4096]:
        raise NotATable
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Excel on a Chinese Windows writes CSV in GBK.
        text = data.decode("gb18030", errors="replace")
    return ([Cell(value) for value in line] for line in csv.reader(io.StringIO(text)))


def _sheet_of(
    layout: Layout, sheets: list[tuple[str, Iterator[list[Cell]]]], *, only: bool
) -> tuple[str, Iterator[list[Cell]] | None]:
    titles = {translate(layout.title, locale)[:31] for locale in LOCALES} | {layout.title}
    for title, lines in sheets:
        if title in titles:
            return title, lines
    if sheets and (only or sheets[0][0] == "CSV"):
        return sheets.pop(0)
    return translate(layout.title, DEFAULT_LOCALE), None


def _read_sheet(layout: Layout, title: str, lines: Iterator[list[Cell]], errors: list[CellError]) -> list[Row]:
    columns = _columns_of(layout, next(lines, []))
    missing = [column for column in layout.columns if column.required and column not in columns.values()]
    if missing:
        errors += [CellError(title, 1, column.heading, N_("This column is missing.")) for column in missing]
        return []
    rows = []
    for line, cells in enumerate(lines, start=2):
        if line > ROW_CAP + 1:
            raise TooLong(most=ROW_CAP)
        if any(cell.value not in (None, "") for cell in cells):
            rows.append(_read_line(columns, title, line, cells, errors))
    return rows


def _columns_of(layout: Layout, cells: Sequence[Cell]) -> dict[int, Column]:
    """Which column stands where, by its heading in any language or its name; columns we do not know are left out."""
    known = {word: column for column in layout.columns for word in words_for(column.name, column.heading)}
    found = {index: known.get(str(cell.value or "").strip().rstrip("*").lower()) for index, cell in enumerate(cells)}
    return {index: column for index, column in found.items() if column}


def _read_line(
    columns: dict[int, Column], title: str, line: int, cells: Sequence[Cell], errors: list[CellError]
) -> Row:
    values: dict[str, Any] = {}
    for index, column in columns.items():
        cell = cells[index] if index < len(cells) else Cell(None)
        try:
            values[column.name] = value_of(column, cell)
        except Refused as refused:
            errors.append(CellError(title, line, column.heading, refused.text, refused.params))
    return Row(title, line, values)
