"""A statistic counts what its figures say, for each reader over his own cases; every figure opens exactly those."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from engine.access.actors import Actor
from engine.cases import queries as cases
from engine.cases.models import Case
from engine.evaluation import counting as months
from engine.evaluation import opening, sets, slices, thresholds
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.statistics import counting, measures, reading
from engine.statistics.layout import Layout
from tests.city import ZONE, City
from tests.engine.evaluation import months as invented

At = Callable[[str], datetime]
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
LAYOUTS = (
    Layout("department", ("due_handling", "handled_late", "R10", "R13", "time_of_handling")),
    Layout("category", ("reported",), columns="source"),
    Layout("subcategory", ("filed", "closed", "R16")),
    Layout("region", ("closed",), columns="week"),
    Layout("street", ("filed",), filters={"source": ["hotline", "patrol"]}),
    Layout("day", ("reported", "dispatched_automatically", "due_closure", "time_to_closure", "R24")),
    Layout("calendar_month", ("filed", "R15")),
    Layout("grid", ("open", "open_overdue")),
    Layout("stage", ("reported",), filters={"kind": ["event"]}),
    Layout("collector", ("reported_by_collectors", "R02", "R23")),
    Layout("kind", ("rejected", "time_to_filing"), filters={"region": ["none"]}),
)


@pytest.fixture
def busy(city: City, at: At) -> City:
    """Six busy weeks around October."""
    invented.invent(at("2026-09-20 00:00"), 45, per_day=6)
    db.session.commit()
    return city


def cells(counted: counting.Counted) -> Iterator[tuple[dict[str, list[str]], measures.Counts]]:
    """Every cell, row, column and the total, with what its address narrows to."""
    layout = counted.layout
    filters = dict(layout.filters)
    yield filters, counted.total
    for row, counts in counted.rows.items():
        yield {**filters, layout.rows: [row]}, counts
    if layout.columns:
        for (row, column), counts in counted.cells.items():
            yield {**filters, layout.rows: [row], layout.columns: [column]}, counts


def opened(
    set_name: str, counted: counting.Counted, values: dict[str, list[str]], actor: Actor, later: datetime
) -> int:
    address = opening.address_in_span(set_name, counted.period, values)
    found = opening.read(address, ZONE, at=later)
    assert found is not None
    wanted = select(func.count()).select_from(Case).where(found.predicate, cases.visible_to(actor))
    return db.session.scalar(wanted) or 0


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: f"{one.rows}-{one.columns or one.figures[0]}")
@pytest.mark.parametrize("name", ["wu", "head"])
def test_every_figure_opens_exactly_the_cases_that_it_counts(busy: City, at: At, layout: Layout, name: str) -> None:
    layout.check()
    actor, moment = getattr(busy, name), at("2026-10-28 12:00")
    counted = counting.count(layout, thresholds.span(*OCTOBER, ZONE, as_of=moment), ZONE, actor=actor)
    known = {name for one in layout.measures for name in one.sets}
    looked = [(values, name, counts.get(name, 0)) for values, counts in cells(counted) for name in sorted(known)]
    for values, set_name, number in looked[:: max(1, len(looked) // 60)]:
        assert opened(set_name, counted, values, actor, at("2026-11-20 09:00")) == number, (values, set_name)


def test_a_whole_month_counts_as_its_assessment_does(busy: City, at: At) -> None:
    moment = at("2026-11-05 09:00")
    assessed = months.tally(thresholds.month("2026-10", ZONE, as_of=moment))
    for dimension in ("department", "category", "source", "street"):
        layout = Layout(dimension, ("filed", "due_handling", "handled_on_time", "reworked", "due_closure", "open"))
        counted = counting.count(layout, thresholds.span(*OCTOBER, ZONE, as_of=moment), ZONE, actor=busy.wu)
        for name in layout.figures:
            assert counted.total.get(name, 0) == assessed.total[name], name
            for key, counts in assessed.by[dimension].items():
                assert counted.rows[key].get(name, 0) == counts[name], (key, name)


def test_days_weeks_and_months_add_up_to_the_whole(busy: City, at: At) -> None:
    figures = ("reported", "filed", "due_handling", "due_closure", "closed")
    period = thresholds.span(*OCTOBER, ZONE, as_of=at("2026-11-05 09:00"))
    for kind in slices.KINDS:
        counted = counting.count(Layout(kind, figures), period, ZONE, actor=busy.wu)
        for name in figures:
            assert sum(counts.get(name, 0) for counts in counted.rows.values()) == counted.total[name] > 0


def test_an_average_time_is_that_of_its_cases(busy: City, at: At) -> None:
    period = thresholds.span(*OCTOBER, ZONE, as_of=at("2026-11-05 09:00"))
    counted = counting.count(Layout("source", ("time_of_handling",)), period, ZONE, actor=busy.wu)
    found = db.session.scalars(select(Case).where(sets.predicate("handled_dispatched", period))).all()
    hours = [(case.handled_at - case.dispatched_at).total_seconds() / 3600 for case in found]
    shown = measures.ALL["time_of_handling"].of(counted.total)
    assert float(shown) == pytest.approx(sum(hours) / len(hours), abs=0.051)


def test_a_rate_of_nothing_is_no_figure_and_a_number_is_zero() -> None:
    assert measures.ALL["R10"].of({}) is None
    assert measures.ALL["time_of_handling"].of({}) is None
    assert measures.ALL["filed"].of({}) == 0


def test_a_reader_sees_his_own_scope_and_administrators_nothing(busy: City, at: At) -> None:
    layout, period = Layout("department", ("filed",)), thresholds.span(*OCTOBER, ZONE, as_of=at("2026-11-05 09:00"))
    whole = counting.count(layout, period, ZONE, actor=busy.wu)
    own = counting.count(layout, period, ZONE, actor=busy.head)
    assert set(own.rows) <= {str(number) for number in busy.head.reach.department_ids}
    assert 0 < own.total["filed"] < whole.total["filed"]
    assert counting.count(layout, period, ZONE, actor=busy.system_admin).total == {}


def test_counting_is_one_statement_and_naming_one_more(busy: City, at: At, statements: Callable[[], object]) -> None:
    layout = Layout("department", tuple(one.name for one in list(measures.ALL.values())[:12]))
    actor, moment = busy.wu, at("2026-11-05 09:00")
    reading.read(layout, OCTOBER, ZONE, actor=actor, at=moment)
    with statements() as asked:
        reading.read(layout, OCTOBER, ZONE, actor=actor, at=moment)
    assert len(asked) == 2, "\n".join(asked)


def test_rows_are_in_the_order_of_the_city_or_of_the_leading_figure(busy: City, at: At) -> None:
    moment = at("2026-11-05 09:00")
    by_name = reading.read(Layout("department", ("filed",)), OCTOBER, ZONE, actor=busy.wu, at=moment)
    by_size = reading.read(Layout("department", ("filed",), order="figures"), OCTOBER, ZONE, actor=busy.wu, at=moment)
    sizes = [by_size.counted.rows[key]["filed"] for key in by_size.rows if by_size.counted.rows[key].get("filed")]
    assert sizes == sorted(sizes, reverse=True)
    assert set(by_name.rows) == set(by_size.rows)
    assert by_name.rows[-1] == "none" or "none" not in by_name.rows


def test_more_rows_than_a_page_shows_are_told_and_counted(busy: City, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 5)
    found = reading.read(Layout("subcategory", ("filed",)), OCTOBER, ZONE, actor=busy.wu, at=at("2026-11-05 09:00"))
    assert len(found.rows) == 5
    assert found.left_out[0] == len(found.counted.rows) - 5 > 0


def test_too_many_days_are_refused(busy: City, at: At) -> None:
    period = thresholds.span(date(2026, 1, 1), date(2026, 6, 30), ZONE, as_of=at("2026-11-05 09:00"))
    with pytest.raises(Invalid):
        counting.count(Layout("day", ("filed",)), period, ZONE, actor=busy.wu)
