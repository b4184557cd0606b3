"""A list of cases as a workbook: just the rows that were looked at, written one after the other."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import xlsxwriter

from engine.cases import answers
from engine.cases.models import Case
from engine.deadlines.lamps import lamp_of
from engine.exports import workbooks
from engine.kit.config import Config
from engine.kit.i18n import N_, translate
from engine.organization import queries as organization

COLUMNS: tuple[tuple[str, int], ...] = (
    (N_("Number"), 24),
    (N_("Title"), 40),
    (N_("Stage"), 14),
    (N_("Source"), 12),
    (N_("Category"), 20),
    (N_("Place"), 30),
    (N_("Department"), 16),
    (N_("Handler"), 10),
    (N_("Lamp"), 12),
    (N_("Reported at"), 17),
    (N_("Filed at"), 17),
    (N_("Due"), 17),
    (N_("Feedback given"), 17),
    (N_("Closed at"), 17),
    (N_("Rework"), 8),
    (N_("Longitude"), 11),
    (N_("Latitude"), 11),
    (N_("Answers to the city's own questions"), 60),
)
SOME = 500
MOMENT = "yyyy-mm-dd hh:mm"
MOMENTS = range(9, 14)
"""Columns that hold moments: a row that waited in a file has them as text."""


def register(words: dict[str, str]) -> None:
    """Let long lists be exported so; ``words`` as in ``write``."""
    workbooks.register(workbooks.Writer(partial(_kept, words=words), write_rows))


def _kept(cases: Iterable[Case], locale: str, at: datetime, *, words: dict[str, str]) -> list[list[Any]]:
    return [list(row) for row in _rows(cases, locale, at, words)]


def write(stream: BinaryIO, cases: Iterable[Case], *, locale: str, at: datetime, words: dict[str, str]) -> int:
    """Write ``cases`` into ``stream`` as xlsx and say how many; memory does not grow with them.

    ``words`` names codes of stages and sources (English msgids).
    """
    return write_rows(stream, _rows(cases, locale, at, words), locale)


def write_rows(stream: BinaryIO, rows: Iterable[Sequence[Any]], locale: str) -> int:
    """Write rows as they were made for ``locale``; how many. What citizens wrote is text, never a formula."""
    # constant_memory: each row goes to disk as the next begins.
    book = xlsxwriter.Workbook(
        stream,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True},
    )
    sheet, zone, count = book.add_worksheet(translate(N_("Cases"), locale)), Config.from_env().time_zone, 0
    head, moment = book.add_format({"bold": True, "bg_color": "#f6f7f9"}), book.add_format({"num_format": MOMENT})
    sheet.freeze_panes(1, 1)
    for index, (name, width) in enumerate(COLUMNS):
        sheet.set_column(index, index, width)
        sheet.write_string(0, index, translate(name, locale), head)
    for count, row in enumerate(rows, 1):
        for index, value in enumerate(row):
            is_text = index in MOMENTS and isinstance(value, str)
            _write(sheet, count, index, datetime.fromisoformat(value) if is_text else value, moment, zone)
    book.close()
    return count


def _rows(cases: Iterable[Case], locale: str, at: datetime, words: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    """A row for each case, with what was answered there: asked for some hundreds at a time."""
    rest = iter(cases)
    while some := list(islice(rest, SOME)):
        given = answers.of_cases([case.id for case in some])
        names = organization.names_of(set().union(*map(answers.departments, given.values())))
        for case in some:
            told = (answers.told(one, locale, names, Config.from_env().time_zone) for one in given.get(case.id, ()))
            yield *_row(case, locale, at, words), "\n".join(": ".join(pair) for pair in told)


def _row(case: Case, locale: str, at: datetime, words: dict[str, str]) -> tuple[Any, ...]:
    lamp = lamp_of(
        case.due_at,
        case.amber_at,
        case.clock_state,
        at,
        is_provisional=case.due_is_provisional,
        stopped_at=case.handled_at,
    )
    return (
        case.number,
        case.title,
        translate(words.get(case.stage, case.stage), locale),
        translate(words.get(case.source, case.source), locale),
        case.category.name if case.category else "",
        case.place,
        case.department.short_name if case.department else "",
        case.handler.name if case.handler else "",
        translate(lamp.label, locale) if case.due_at else "",
        case.reported_at,
        case.filed_at,
        case.due_at,
        case.handled_at,
        case.closed_at,
        case.rework_count,
        case.lng,
        case.lat,
    )


def _write(sheet: Any, row: int, column: int, value: Any, moment: Any, zone: ZoneInfo) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.astimezone(zone), moment)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value)
