"""The tables of a month: rows of counted sets and rates. Every number carries the parameters that open its cases."""

from collections.abc import Iterable
from decimal import Decimal

from engine.cases.routing import SOURCES
from engine.evaluation import formulas, opening, ranking, sets
from engine.evaluation.counting import Counts
from engine.evaluation.formulas import Indicator
from engine.evaluation.snapshot import Snapshot
from engine.kit.i18n import N_
from reports.parts import Cell, Column, Table
from reports.rendering import html
from reports.wording import Wording

MAIN = (
    "reported",
    "accepted",
    "filed",
    "dispatched",
    "rejected",
    "voided",
    "self_handled",
    "due_handling",
    "handled_on_time",
    "handled_late",
    "excused",
    "unhandled_late",
    "due_closure",
    "closed_due",
    "closed_on_time",
    "reworked",
    "extended",
    "suspended",
)
RATES = (
    formulas.FILING,
    formulas.RIGHT_DISPATCH,
    formulas.AUTOMATIC_DISPATCH,
    formulas.ON_TIME_HANDLING,
    formulas.FIRST_LIMIT,
    formulas.NOT_HANDLED,
    formulas.AT_ONCE,
    formulas.CLOSURE,
    formulas.ON_TIME_CLOSURE,
    formulas.REWORK,
    formulas.EXTENSION,
    formulas.CALL_BACK,
    formulas.SATISFACTION,
)
Column_ = str | Indicator
"""A column of counts (a set's name) or of rates."""
BY_SOURCE: tuple[Column_, ...] = (
    "reported",
    "filed",
    formulas.FILING,
    "due_handling",
    formulas.ON_TIME_HANDLING,
    "called_back",
    formulas.SATISFACTION,
)
BY_PLACE: tuple[Column_, ...] = (
    "reported",
    "filed",
    "due_handling",
    formulas.ON_TIME_HANDLING,
    "unhandled_late",
    "due_closure",
    formulas.CLOSURE,
    "reworked",
)
BY_DEPARTMENT: tuple[Column_, ...] = (
    "due_handling",
    "handled_on_time",
    "handled_late",
    "excused",
    "unhandled_late",
    formulas.ON_TIME_HANDLING,
    "reworked",
    "extended",
    "shirked",
)
BY_CATEGORY: tuple[Column_, ...] = (
    "filed",
    "due_handling",
    "handled_on_time",
    formulas.ON_TIME_HANDLING,
    "unhandled_late",
    "reworked",
)


def main_numbers(kept: Snapshot, words: Wording) -> Table:
    """What happened, beside the month before and the same month a year ago."""
    headings = (N_("This month"), N_("Last month"), N_("Change"), N_("A year ago"), N_("Change in a year"))
    rows = [_compared(name, kept, words) for name in MAIN]
    columns = [Column(words.say(N_("Number of cases")), "text", 24), *(Column(words.say(one)) for one in headings)]
    return Table("main", words.say(N_("Main numbers")), columns, rows)


def main_rates(kept: Snapshot, words: Wording) -> Table:
    """The rates, with their change in percentage points."""
    columns = [
        Column(words.say(N_("Indicator")), "text", 28),
        Column(words.say(N_("This month")), "rate"),
        Column(words.say(N_("Last month")), "rate"),
        Column(words.say(N_("Change in points")), "rate"),
        Column(words.say(N_("Cases counted"))),
        Column(words.say(N_("Of"))),
    ]
    return Table("rates", words.say(N_("Main rates")), columns, [_rate_row(one, kept, words) for one in RATES])


def by_source(kept: Snapshot, words: Wording) -> Table:
    """Where problems came from."""
    rows = _most_first(kept.by["source"], "reported")
    return table("sources", N_("Cases by source"), N_("Source"), "source", rows, BY_SOURCE, kept, words)


def by_district(kept: Snapshot, words: Wording) -> Table:
    """Districts, those with most filed cases first: many cases found is no bad mark (evaluation.md §2)."""
    rows = _most_first(kept.by["region"], "filed", "reported")
    return table("districts", N_("Cases by district"), N_("District"), "region", rows, BY_PLACE, kept, words)


def by_street(kept: Snapshot, words: Wording) -> Table:
    """Streets, those with most filed cases first."""
    rows = [(key, counts) for key, counts in _most_first(kept.by["street"], "filed", "reported") if key != "none"]
    return table("streets", N_("Cases by street"), N_("Street"), "street", rows, BY_PLACE, kept, words, has_total=False)


def by_category(kept: Snapshot, words: Wording) -> Table:
    """Major categories."""
    rows = _most_first(kept.by["category"], "filed", "due_handling")
    return table("categories", N_("Cases by category"), N_("Category"), "category", rows, BY_CATEGORY, kept, words)


def top_subcategories(kept: Snapshot, words: Wording) -> Table:
    """The ten most frequent subcategories."""
    known = {key: counts for key, counts in kept.by["subcategory"].items() if key != "none" and counts["filed"]}
    rows = _most_first(known, "filed")[:10]
    return table(
        "subcategories",
        N_("The ten most frequent subcategories"),
        N_("Subcategory"),
        "subcategory",
        rows,
        BY_CATEGORY,
        kept,
        words,
        has_total=False,
    )


def departments(kept: Snapshot, kind: str, title: str, words: Wording) -> Table:
    """Departments of one kind by rank, with the change of their place since last month."""
    rows = {key: counts for key, counts in kept.by["department"].items() if kept.kinds.get(key) == kind}
    rows = {key: counts for key, counts in rows.items() if any(counts.values())}
    places = ranking.rank(rows, sample=kept.sample)
    columns = [
        Column(words.say(N_("Rank")), "number", 6),
        Column(words.say(N_("Department")), "text", 18),
        *(column(one, words) for one in BY_DEPARTMENT),
        Column(words.say(N_("Grade")), "text", 8),
        Column(words.say(N_("Since last month")), "text", 8),
    ]
    said = words.say(
        N_("Departments with fewer than %(sample)s due cases are listed without a place."), sample=kept.sample
    )
    note = said if any(place.rank is None for place in places) else ""
    lines = [_placed(place, rows[place.key], kept, words) for place in places]
    return Table(f"departments-{kind}", title, columns, lines, note=note, is_dense=True)


def table(
    name: str,
    title: str,
    heading: str,
    dimension: str,
    rows: list[tuple[str, Counts]],
    columns: Iterable[Column_],
    kept: Snapshot,
    words: Wording,
    *,
    has_total: bool = True,
) -> Table:
    """Rows of one dimension under the given columns."""
    columns = tuple(columns)
    lines = [
        [Cell(name_of(kept, dimension, key, words)), *cells(columns, counts, kept, words, **{dimension: key})]
        for key, counts in rows
    ]
    total = [Cell(words.say(N_("Total"))), *cells(columns, kept.total, kept, words)] if has_total else None
    heads = [Column(words.say(heading), "text", 18), *(column(one, words) for one in columns)]
    return Table(name, words.say(title), heads, lines, total, is_dense=len(heads) > 7)


def name_of(kept: Snapshot, dimension: str, key: str, words: Wording) -> str:
    """What a row is called, by the names of that time."""
    if dimension == "source" and key in SOURCES:
        return words.say(SOURCES[key])
    return kept.names.get(dimension, {}).get(key) or words.nowhere(dimension, key)


def column(one: Column_, words: Wording) -> Column:
    """The heading of a set or of a rate."""
    if isinstance(one, Indicator):
        return Column(words.say(one.name), "rate", 12)
    return Column(words.say(sets.SETS[one].label), "number", 12)


def cells(columns: Iterable[Column_], counts: Counts, kept: Snapshot, words: Wording, **values: str) -> list[Cell]:
    """One row: a rate opens nothing, a number its cases."""
    return [
        rate(one.of(counts), words) if isinstance(one, Indicator) else counted(one, counts, kept, words, **values)
        for one in columns
    ]


def counted(name: str, counts: Counts, kept: Snapshot, words: Wording, **values: str) -> Cell:
    """The size of a set as a cell."""
    size = counts.get(name, 0)
    opens = opening.address(name, kept.period.name, **values) if size else None
    return Cell(words.number(size), size, opens)


def rate(value: Decimal | None, words: Wording) -> Cell:
    """A rate as a cell."""
    return Cell(words.rate(value), None if value is None else float(value))


def _compared(name: str, kept: Snapshot, words: Wording) -> list[Cell]:
    now = kept.total.get(name, 0)  # a set that there was not yet when the month was kept
    cells = [Cell(words.say(sets.SETS[name].label)), counted(name, kept.total, kept, words)]
    for other in (kept.before, kept.year_ago):
        before = other.get(name) if other.get("reported") else None
        cells += [Cell(words.number(before), before), _change(now, before)]
    return cells


def _change(now: int, before: int | None) -> Cell:
    change = formulas.difference(now, before or 0)
    return Cell(html.signed(change), None if change is None else float(change))


def _rate_row(one: Indicator, kept: Snapshot, words: Wording) -> list[Cell]:
    now, before = one.of(kept.total), one.of(kept.before)
    points = None if now is None or before is None else now - before
    return [
        Cell(words.say(one.name)),
        rate(now, words),
        rate(before, words),
        Cell(html.signed(points, ""), None if points is None else float(points)),
        counted(one.numerator, kept.total, kept, words),
        counted(one.denominator, kept.total, kept, words),
    ]


def _placed(place: ranking.Place, counts: Counts, kept: Snapshot, words: Wording) -> list[Cell]:
    rank = Cell(html.DASH if place.rank is None else str(place.rank), place.rank)
    return [
        rank,
        Cell(name_of(kept, "department", place.key, words)),
        *cells(BY_DEPARTMENT, counts, kept, words, department=place.key),
        Cell(words.say(place.grade) if place.grade else html.DASH),
        Cell(_moved(place, kept, words)),
    ]


def _moved(place: ranking.Place, kept: Snapshot, words: Wording) -> str:
    before = kept.places_before.get(place.key)
    if place.rank is None or before is None:
        return html.DASH
    if before == place.rank:
        return words.say(N_("same"))
    return f"{'↑' if before > place.rank else '↓'}{abs(before - place.rank)}"


def _most_first(rows: dict[str, Counts], *names: str) -> list[tuple[str, Counts]]:
    present = [
        (key, counts) for key, counts in rows.items() if any(counts.get(name) for name in (*names, "due_handling"))
    ]
    return sorted(present, key=lambda row: ([-row[1].get(name, 0) for name in names], row[0]))
