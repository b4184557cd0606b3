"""Tables as a workbook: a sheet each, numbers as numbers, text never as a formula."""

import re
from collections.abc import Iterable
from typing import Any, BinaryIO

import xlsxwriter

from reports.parts import Cell, Column, Table

FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
TOTALS = {"rate": "total_rate", "hours": "total_hours"}
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Rows go to disk as they are written; what somebody typed after "=" stays text."""


def write_tables(stream: BinaryIO, tables: Iterable[Table], *, subtitle: str, total: str) -> None:
    """Write each table into a sheet named by its number and title."""
    book = xlsxwriter.Workbook(stream, OPTIONS)
    formats = _formats(book)
    for table in tables:
        _write(book.add_worksheet(_sheet_name(table)), table, subtitle, formats)
    book.set_properties({"comments": subtitle, "keywords": total})
    book.close()


def _formats(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "subtitle": book.add_format({"font_color": "#5b6672"}),
        "head": book.add_format({"bold": True, "bg_color": "#e9f1fb", "bottom": 1, "text_wrap": True, "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0"}),
        "rate": book.add_format({"num_format": '0.00"%"'}),
        "hours": book.add_format({"num_format": "#,##0.0"}),
        "text": book.add_format({}),
        "total": book.add_format({"bold": True, "top": 1, "num_format": "#,##0"}),
        "total_hours": book.add_format({"bold": True, "top": 1, "num_format": "#,##0.0"}),
        "total_rate": book.add_format({"bold": True, "top": 1, "num_format": '0.00"%"'}),
    }


def _write(sheet: Any, table: Table, subtitle: str, formats: dict[str, Any]) -> None:
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width)
    sheet.freeze_panes(3, 1)
    sheet.write_string(0, 0, table.title, formats["title"])
    sheet.write_string(1, 0, subtitle, formats["subtitle"])
    for index, column in enumerate(table.columns):
        sheet.write_string(2, index, column.heading, formats["head"])
    for number, row in enumerate(table.rows, start=3):
        _row(sheet, number, row, table.columns, formats)
    end = 3 + len(table.rows)
    if table.total:
        _row(sheet, end, table.total, table.columns, formats, is_total=True)
    if table.note:
        sheet.write_string(end + 2, 0, table.note, formats["subtitle"])


def _row(
    sheet: Any, number: int, row: list[Cell], columns: list[Column], formats: dict[str, Any], *, is_total: bool = False
) -> None:
    for index, (cell, column) in enumerate(zip(row, columns, strict=True)):
        kind = TOTALS.get(column.kind, "total") if is_total else column.kind
        if isinstance(cell.value, int | float):
            sheet.write_number(number, index, cell.value, formats[kind])
        else:
            sheet.write_string(number, index, cell.text, formats[kind if is_total else "text"])


def _sheet_name(table: Table) -> str:
    """Excel allows 31 characters, not all of them, and no apostrophe at either end."""
    return FORBIDDEN.sub(" ", f"{table.number} {table.title}".strip())[:31].strip(" '")
