"""A number of an assessment and the list behind it are one predicate: they cannot differ."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import delete, func, select

from engine.cases.models import Case, Stage, TimelineEntry
from engine.cases.round_models import SatisfactionCall
from engine.catalog.models import Category
from engine.evaluation import counting, formulas, opening, periods, sets
from engine.evaluation.periods import Period
from engine.kit.db import db
from tests.city import ZONE, City
from tests.engine.evaluation.inventing import make_case

At = Callable[[str], datetime]
OCTOBER = periods.month("2026-10", ZONE, as_of=datetime(2026, 11, 5, 12, tzinfo=ZONE), allowance_seconds=24 * 3600)
START = OCTOBER.start


def size(name: str, period: Period = OCTOBER, **values: str) -> int:
    wanted = opening.predicate(name, period, values)
    return int(db.session.scalar(select(func.count()).select_from(Case).where(wanted)) or 0)


def due(handled: timedelta | None, **facts: object) -> Case:
    """A case due on the 12th, handled so much after that."""
    moment = START + timedelta(days=11)
    return make_case(
        **{
            "reported_at": START,
            "stage": Stage.handling.value,
            "due_at": moment,
            "first_due_at": moment,
            "clock_state": "running",
            "handled_at": moment + handled if handled is not None else None,
            **facts,
        }
    )


def test_due_cases_are_on_time_late_or_not_done(database: str) -> None:
    due(timedelta(0))
    due(timedelta(microseconds=999_999))  # within the second of its due
    due(timedelta(seconds=1))
    due(None)
    counted = counting.totals(OCTOBER)
    assert (counted["due_handling"], counted["handled_on_time"]) == (4, 2)
    assert (counted["handled_late"], counted["unhandled_late"]) == (1, 1)


def test_what_was_excused_after_an_appeal_is_counted_apart_and_stays_due(database: str) -> None:
    day = timedelta(days=1)
    due(day, stage=Stage.closed.value, closed_at=START + 13 * day, late_excused_at=START + 20 * day)
    due(day, stage=Stage.closed.value, closed_at=START + 13 * day)
    counted = counting.totals(OCTOBER)
    assert (counted["due_handling"], counted["handled_due"], counted["handled_on_time"]) == (2, 2, 0)
    assert (counted["handled_late"], counted["excused"]) == (1, 1)
    # Judged before the appeal was granted, it was late.
    before = Period(OCTOBER.name, OCTOBER.start, OCTOBER.end, START + 19 * day)
    assert (counting.totals(before)["handled_late"], counting.totals(before)["excused"]) == (2, 0)


def test_an_excused_case_is_not_among_those_closed_late_either(database: str) -> None:
    day = timedelta(days=1)
    due(day, stage=Stage.closed.value, closed_at=START + 14 * day, late_excused_at=START + 20 * day)
    counted = counting.totals(OCTOBER)
    assert (counted["closed_due"], counted["closed_late"], counted["closure_excused"]) == (1, 0, 1)


def test_an_extended_case_is_late_only_by_its_first_limit(database: str) -> None:
    due(timedelta(0), first_due_at=START + timedelta(days=5), extension_count=1)
    counted = counting.totals(OCTOBER)
    assert (counted["handled_on_time"], counted["handled_first_limit"], counted["extended"]) == (1, 0, 1)


def test_void_merged_transferred_suspended_provisional_and_self_handled_ones_are_not_judged(database: str) -> None:
    for stage in (Stage.void, Stage.merged, Stage.transferred, Stage.suspended):
        due(None, stage=stage.value)
    due(None, clock_state="paused")
    due(None, due_is_provisional=True)
    due(None, is_self_handled=True)
    counted = counting.totals(OCTOBER)
    assert counted["due_handling"] == counted["due_closure"] == counted["open_overdue"] == 0


def test_a_due_moment_that_has_not_come_is_not_judged(database: str) -> None:
    due(None)
    due(-timedelta(days=9))
    early = Period(OCTOBER.name, OCTOBER.start, OCTOBER.end, START + timedelta(days=5))
    assert counting.totals(early)["due_handling"] == 0


def test_what_was_handled_after_the_moment_of_judging_was_not_handled_then(database: str) -> None:
    due(timedelta(days=10))
    before = Period(OCTOBER.name, OCTOBER.start, OCTOBER.end, START + timedelta(days=15))
    counted = counting.totals(before)
    assert (counted["unhandled_late"], counted["handled_late"]) == (1, 0)


def test_closure_is_due_an_allowance_later(database: str) -> None:
    end = OCTOBER.end
    due(timedelta(0), due_at=end - timedelta(hours=24), closed_at=end, stage=Stage.closed.value)  # due in November
    due(timedelta(0), due_at=end - timedelta(hours=25), closed_at=end - timedelta(hours=1), stage=Stage.closed.value)
    due(timedelta(0), due_at=end - timedelta(hours=25), closed_at=end, stage=Stage.closed.value)
    due(timedelta(0), due_at=START - timedelta(hours=1), stage=Stage.verifying.value)
    counted = counting.totals(OCTOBER)
    assert (counted["due_closure"], counted["closed_on_time"]) == (3, 1)
    assert (counted["closed_late"], counted["unclosed_late"]) == (1, 1)


def test_months_begin_at_the_citys_midnight(database: str, at: At) -> None:
    make_case(reported_at=at("2026-09-30 23:59"))
    make_case(reported_at=at("2026-10-01 00:00"))
    make_case(reported_at=at("2026-10-31 23:59"))
    make_case(reported_at=at("2026-11-01 00:00"))
    assert counting.totals(OCTOBER)["reported"] == 2
    daily = counting.daily(["reported"], OCTOBER, ZONE)["reported"]
    assert (len(daily), daily[0], daily[30], sum(daily)) == (31, 1, 1, 2)


def test_self_handling_is_counted_apart_with_what_was_reviewed_and_refused_of_it(database: str) -> None:
    ways = {"self_handling_exemption": True, "self_handling_approval": True, "self_handling_refusal": False}
    for act, stands in ways.items():
        case = make_case(reported_at=START, source="patrol", is_self_handled=stands, closed_at=START)
        entry = TimelineEntry(case_id=case.id, at=START, act=act, by_name="", stage="closed", detail={})
        db.session.add(entry)
    db.session.flush()
    counted = counting.totals(OCTOBER)
    names = ("self_handled", "self_handling_reviewed", "self_handling_refused")
    assert [counted[name] for name in names] == [2, 2, 1]
    assert formulas.SELF_HANDLING_REFUSAL.of(counted) == 50


def test_satisfaction_is_asked_of_citizens(database: str) -> None:
    for answer in ("satisfied", "fairly_satisfied", "dissatisfied", "unreachable"):
        case = make_case(reported_at=START, source="hotline", stage="closed", closed_at=START + timedelta(days=2))
        db.session.add(SatisfactionCall(case_id=case.id, at=START + timedelta(days=3), answer=answer))
    db.session.flush()
    counted = counting.totals(OCTOBER)
    assert (counted["to_call_back"], counted["called_back"], counted["satisfied"]) == (4, 3, 2)


moments = some.none() | some.integers(-40 * 24, 80 * 24).map(lambda hours: START + timedelta(hours=hours))
cases = some.fixed_dictionaries(
    {
        "stage": some.sampled_from([stage.value for stage in Stage]),
        "due_at": moments,
        "handled_at": moments,
        "closed_at": moments,
        "filed_at": moments,
        "accepted_at": moments,
        "dispatched_at": moments,
        "ended_at": moments,
        "is_self_handled": some.booleans(),
        "due_is_provisional": some.booleans(),
        "clock_state": some.sampled_from(["none", "running", "paused", "stopped"]),
        "rework_count": some.integers(0, 3),
        "extension_count": some.integers(0, 2),
        "return_count": some.integers(0, 2),
        "late_excused_at": moments,
        "source": some.sampled_from(["patrol", "hotline", "video"]),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=some.lists(cases, max_size=30))
def test_every_due_case_is_exactly_one_of_three(database: str, drawn: list[dict[str, object]]) -> None:
    db.session.execute(delete(Case))
    for facts in drawn:
        make_case(reported_at=START - timedelta(days=1), **{**facts, "first_due_at": facts["due_at"]})
    counted = counting.totals(OCTOBER)
    done = counted["handled_on_time"] + counted["handled_late"] + counted["excused"]
    assert done + counted["unhandled_late"] == counted["due_handling"]
    assert done == counted["handled_due"]
    assert counted["closed_on_time"] + counted["closed_late"] + counted["closure_excused"] == counted["closed_due"]
    assert counted["closed_due"] + counted["unclosed_late"] == counted["due_closure"]
    assert counted == counting.tally(OCTOBER).total
    assert counted == {name: size(name) for name in sets.SETS}


@pytest.fixture
def busy_month(city: City) -> City:
    """Three hundred cases all over the city."""
    draw, departments = Random(1), [city.sanitation.id, city.parks.id, None]
    categories = list(db.session.scalars(select(Category.id).order_by(Category.id).limit(40)))
    for _ in range(300):
        hours = [draw.randrange(-200, 900) for _ in range(6)]
        moments = [START + timedelta(hours=number) if draw.random() < 0.7 else None for number in hours]
        make_case(
            reported_at=START + timedelta(hours=hours[0]),
            stage=draw.choice(list(Stage)).value,
            department_id=draw.choice(departments),
            category_id=draw.choice([*categories, None]),
            region_code=draw.choice(["640902", "640903", None]),
            street_code=draw.choice(["640902001", None]),
            source=draw.choice(["patrol", "hotline"]),
            is_self_handled=draw.random() < 0.1,
            due_at=moments[0],
            first_due_at=moments[0],
            handled_at=moments[1],
            closed_at=moments[2],
            filed_at=moments[3],
            accepted_at=moments[4],
            dispatched_at=moments[5],
            ended_at=moments[2],
            rework_count=draw.randrange(3),
        )
    return city


def test_every_number_opens_as_many_cases(busy_month: City) -> None:
    counted, looked_at = counting.tally(OCTOBER), 0
    for dimension, rows in counted.by.items():
        for key, counts in sorted(rows.items())[:8]:
            for name, number in counts.items():
                if number:
                    assert size(name, **{dimension: key}) == number, (dimension, key, name)
                    looked_at += 1
    assert looked_at > 100


def test_rows_add_up_to_the_total(busy_month: City) -> None:
    counted = counting.tally(OCTOBER)
    for rows in counted.by.values():
        for name, number in counted.total.items():
            assert sum(row[name] for row in rows.values()) == number


def test_few_statements_count_everything(busy_month: City, statements: Callable[[], object]) -> None:
    with statements() as seen:  # type: ignore[attr-defined]
        counting.tally(OCTOBER)
    assert len(seen) <= len(sets.ANCHORS) + 1
