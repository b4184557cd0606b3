"""A calendar's year as a workbook: out, and in again into its draft, as the State Council's notice lists it.

A file is the whole year: days that it leaves out follow their weekday. All or nothing.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from engine.calendars import drafting
from engine.calendars.hours import read_segments, shown
from engine.calendars.models import Calendar
from engine.calendars.plans import Plan, PlannedDay
from engine.kit.cells import Column
from engine.kit.errors import Invalid
from engine.kit.i18n import DEFAULT_LOCALE, N_
from engine.kit.signals import Doer
from engine.kit.spreadsheets import CellError, Layout, Row, Unreadable, read, write

KINDS = {"off": N_("Day off"), "work": N_("Working day (in exchange)")}
LAYOUT = Layout(
    N_("Holidays and exchanged days"),
    (
        Column("date", N_("Date"), "date", required=True, width=14),
        Column("kind", N_("What it is"), "choice", required=True, choices=KINDS, width=22),
        Column("hours", N_("Hours"), most=60, width=26),
        Column("note", N_("Note"), most=60, width=26),
    ),
)
HEADINGS = {column.name: column.heading for column in LAYOUT.columns}


@dataclass(frozen=True)
class Imported:
    """How many days of the year an import added, changed, found as they were, and let follow their weekday again."""

    added: int
    changed: int
    unchanged: int
    removed: int


def export_year(stream: BinaryIO, calendar: Calendar, year: int, *, locale: str = DEFAULT_LOCALE) -> None:
    """Write the exceptions of a year, those of the draft where there is one."""
    days = drafting.plan(calendar).of_year(year).items()
    lines = ({"date": day, "kind": one.kind, "hours": shown(one.segments), "note": one.note} for day, one in days)
    write(stream, [(LAYOUT, lines)], locale)


def import_year(
    stream: BinaryIO, calendar: Calendar, year: int, *, revision: int, by: Doer, at: datetime, dry_run: bool = False
) -> Imported:
    """Replace the exceptions of a year in the draft.

    Raises Unreadable with every bad cell, and then nothing is changed; NotATable; TooLong; StaleDraft.
    """
    (rows,), errors = read(stream, [LAYOUT])
    plan = drafting.plan(calendar)
    days = {row.values["date"]: day for row in rows if (day := _day(row, errors)) and "date" in row.values}
    errors += _misplaced(rows, year)
    if not errors:
        errors += _needless(rows, plan, days)
    if errors:
        raise Unreadable(sorted(errors, key=lambda error: error.line))
    if not dry_run:
        drafting.replace_year(calendar, year, days, revision=revision, by=by, at=at)
    return _counted(plan.of_year(year), days)


def _day(row: Row, errors: list[CellError]) -> PlannedDay | None:
    kind, hours = row.values.get("kind"), row.values.get("hours") or ""
    try:
        segments = read_segments(hours, "hours")
    except Invalid as refused:
        errors += [_error(row, "hours", one.text, **one.params) for one in refused.fields["hours"]]
        return None
    if kind == "off" and segments:
        errors.append(_error(row, "hours", N_("A day off has no hours.")))
    return PlannedDay(kind, segments, row.values.get("note") or "") if kind else None


def _misplaced(rows: list[Row], year: int) -> Iterator[CellError]:
    """Days of other years, and days that stand there twice."""
    first: dict[date, int] = {}
    for row in rows:
        day = row.values.get("date")
        if day is None:
            continue
        if day.year != year:
            yield _error(row, "date", N_("This is no day of %(year)s."), year=year)
        elif day in first:
            yield _error(row, "date", N_("Line %(line)s has this day already."), line=first[day])
        first.setdefault(day, row.line)


def _needless(rows: list[Row], plan: Plan, days: dict[date, PlannedDay]) -> Iterator[CellError]:
    for row in rows:
        day = row.values["date"]
        try:
            drafting.refuse_needless(plan, day, days[day])
        except Invalid as refused:
            yield from (_error(row, "kind", one.text, **one.params) for one in refused.fields["kind"])


def _counted(old: dict[date, PlannedDay], new: dict[date, PlannedDay]) -> Imported:
    counts = Counter(
        "added" if day not in old else "changed" if old[day] != one else "unchanged" for day, one in new.items()
    )
    return Imported(counts["added"], counts["changed"], counts["unchanged"], len(old.keys() - new.keys()))


def _error(row: Row, column: str, text: str, **params: Any) -> CellError:
    return CellError(row.sheet, row.line, HEADINGS[column], text, params)
