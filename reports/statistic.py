"""A city's own statistic as a table with its chart, and as a workbook. Every figure carries what opens its cases."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from babel.dates import format_date

from engine.cases.routing import SOURCES
from engine.catalog.excel import KINDS
from engine.evaluation import opening, slices
from engine.kit.i18n import N_
from engine.statistics.layout import Layout
from engine.statistics.measures import Counts, Measure
from engine.statistics.naming import Names
from engine.statistics.reading import Reading
from reports import drawing
from reports.parts import Cell, Column, Figure, Table
from reports.rendering import html, xlsx
from reports.wording import LINES, Wording

IN_THE_PERIOD = {
    "handled": N_("Handled in the period"),
    "handled_dispatched": N_("Handled in the period after a dispatch"),
    "closed": N_("Closed in the period"),
}
"""Sets whose names speak of a month."""
MOST_BARS = 40
WIDTHS = {"number": 12, "rate": 12, "hours": 12}
Words = Mapping[str, str]


def table(name: str, reading: Reading, words: Wording, stages: Words) -> Table:
    """Rows and columns with totals; ``stages`` names the codes of stages (English msgids)."""
    told = _Telling(reading, words, stages)
    heads = [Column(words.say(LINES[reading.layout.rows]), "text", 24), *told.heads()]
    rows = [[Cell(told.name(reading.layout.rows, key)), *told.cells(key)] for key in reading.rows]
    total = [Cell(words.say(N_("Total"))), *told.totals()]
    return Table("statistic", name, heads, rows, total, note=_left_out(reading, words), is_dense=len(heads) > 7)


def figure(reading: Reading, words: Wording, stages: Words) -> Figure | None:
    """The leading figure of each row as bars; None where there would be one bar, or too many to tell apart."""
    keys, told = reading.rows, _Telling(reading, words, stages)
    if not reading.layout.has_chart or not 1 < len(keys) <= MOST_BARS or not reading.layout.measures:
        return None
    leading = reading.layout.measures[0]
    names = [told.name(reading.layout.rows, key) for key in keys]
    values = [leading.of(reading.counted.rows[key]) for key in keys]
    option = drawing.ranked_bars(names, list(values), unit="%" if leading.kind == "rate" else "")
    title = label(leading, words)
    summary = _summary(dict(zip(names, values, strict=True)), leading, words)
    return Figure("leading", title, option, summary, height=drawing.height_of(len(keys)))


def terms(layout: Layout, words: Wording) -> list[tuple[str, str]]:
    """What its rates and average times mean."""
    return [(label(one, words), words.say(one.definition)) for one in layout.measures if one.definition]


def label(measure: Measure, words: Wording) -> str:
    """What a figure is called."""
    return words.say(IN_THE_PERIOD.get(measure.name, measure.label))


def narrowed_to(reading: Reading, words: Wording, stages: Words) -> list[tuple[str, str, str]]:
    """What the statistic keeps to, as ``keys_in_words``."""
    return keys_in_words(reading.layout.filters, reading.names, words, stages)


def keys_in_words(
    values: Mapping[str, Sequence[str]], names: Mapping[str, Names], words: Wording, stages: Words
) -> list[tuple[str, str, str]]:
    """Keys by dimension as a reader reads them: the dimension, what it is called, and its keys.

    ``names`` are those of rows of the database.
    """
    comma = words.say(N_(", "))
    return [
        (name, words.say(LINES[name]), comma.join(key_in_words(name, key, names, words, stages) for key in keys))
        for name, keys in values.items()
    ]


def key_in_words(dimension: str, key: str, names: Mapping[str, Names], words: Wording, stages: Words) -> str:
    """What a key is called: by its row's name, by the program's word for it, or as a part of the calendar."""
    if dimension in slices.KINDS:
        return _slice(dimension, key, words)
    said = {"source": SOURCES, "stage": stages, "kind": KINDS}.get(dimension, {})
    found = words.say(said[key]) if key in said else names.get(dimension, {}).get(key)
    return found or words.nowhere(dimension, key)


def write_workbook(stream: BinaryIO, made: Table, *, subtitle: str, words: Wording) -> None:
    """The table on one sheet."""
    xlsx.write_tables(stream, [made], subtitle=subtitle, total=words.say(N_("Total")))


class _Telling:
    """Names and cells of one reading in one reader's language."""

    def __init__(self, reading: Reading, words: Wording, stages: Words) -> None:
        self.reading, self.words, self.stages = reading, words, stages

    def name(self, dimension: str, key: str) -> str:
        """What a key is called."""
        return key_in_words(dimension, key, self.reading.names, self.words, self.stages)

    def heads(self) -> list[Column]:
        """A column for each figure, or for each key and the sum of all."""
        measures = self.reading.layout.measures
        if not self.reading.layout.columns:
            return [Column(label(one, self.words), one.kind, WIDTHS[one.kind]) for one in measures]
        names = [self.name(self.reading.layout.columns, key) for key in self.reading.columns]
        return [Column(name, measures[0].kind, 12) for name in (*names, self.words.say(N_("Total")))]

    def cells(self, row: str) -> Iterator[Cell]:
        """The figures of one row."""
        layout, counted = self.reading.layout, self.reading.counted
        at_row = {layout.rows: [row]}
        for key in self.reading.columns:
            counts = counted.cells.get((row, key), {})
            yield self._cell(layout.measures[0], counts, {**at_row, layout.columns: [key]})
        for one in layout.measures:
            yield self._cell(one, counted.rows[row], at_row)

    def totals(self) -> Iterator[Cell]:
        """The figures below all rows, those that are not shown among them."""
        layout, counted = self.reading.layout, self.reading.counted
        for key in self.reading.columns:
            yield self._cell(layout.measures[0], counted.columns[key], {layout.columns: [key]})
        for one in layout.measures:
            yield self._cell(one, counted.total, {})

    def _cell(self, measure: Measure, counts: Counts, values: dict[str, list[str]]) -> Cell:
        """A figure that opens its cases: of a rate those above the line, of an average those that it is over."""
        figure, opened = measure.of(counts), measure.sets[0]
        opens = None
        if counts.get(opened):
            within = {**self.reading.layout.filters, **values}
            opens = opening.address_in_span(opened, self.reading.counted.period, within)
        return Cell(_shown(measure, figure, self.words), None if figure is None else float(figure), opens)


def _slice(kind: str, key: str, words: Wording) -> str:
    if kind == "calendar_month":
        return words.month(key)
    if kind == "day":
        return format_date(date.fromisoformat(key), "MM-dd EEE", locale=words.locale)
    year, _, week = key.partition("-W")
    return words.say(N_("Week %(week)s of %(year)s"), week=int(week), year=year)


def _shown(measure: Measure, figure: Decimal | int | None, words: Wording) -> str:
    if measure.kind == "rate":
        return words.rate(figure if isinstance(figure, Decimal) else None)
    if measure.kind == "hours" and figure is not None:
        return f"{figure:,.1f}"
    return html.number(figure, words.locale)


def _summary(values: dict[str, Any], leading: Measure, words: Wording) -> str:
    """The chart in a sentence: who has most, who least."""
    known = {name: value for name, value in values.items() if value is not None}
    if not known:
        return ""
    most, least = max(known, key=lambda name: known[name]), min(known, key=lambda name: known[name])
    return words.say(
        N_("Most: %(most)s with %(high)s; least: %(least)s with %(low)s."),
        most=most,
        high=_shown(leading, known[most], words),
        least=least,
        low=_shown(leading, known[least], words),
    )


def _left_out(reading: Reading, words: Wording) -> str:
    rows, columns = reading.left_out
    said = []
    if rows:
        said.append(words.say(N_("%(rows)s more rows are not shown; the totals count them."), rows=rows))
    if columns:
        said.append(words.say(N_("%(columns)s more columns are not shown; the totals count them."), columns=columns))
    return words.join(said)
