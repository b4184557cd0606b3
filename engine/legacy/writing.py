"""Writing many past cases in few statements: case, dispatch, timeline, clock with its facts, words to find it by."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from engine.access.actors import Actor
from engine.calendars import queries as calendars
from engine.calendars import seeds
from engine.calendars.hours import WeeklyHours
from engine.calendars.models import Calendar
from engine.calendars.working_time import WorkingCalendar
from engine.cases import numbering, search, stages
from engine.cases.models import Case, Source, Stage, TimelineEntry
from engine.cases.round_models import Dispatch
from engine.deadlines import importing as clocks
from engine.deadlines.facts import Action, Fact
from engine.deadlines.importing import History
from engine.deadlines.models import Clock
from engine.deadlines.thresholds import amber_rule
from engine.grids import locating
from engine.kit.db import db, today
from engine.legacy.catalogue import Catalogue
from engine.legacy.cleaning import YEARS
from engine.legacy.mapping import Layout
from engine.legacy.offices import Offices
from engine.legacy.past import Past

ALL_WEEK = WeeklyHours(dict.fromkeys(range(7), ((0, 24 * 60),)))
NULLS = {"render_nulls": True}
"""Nulls are written too: rows that leave out different columns would each become a statement of their own."""


def write(pasts: Sequence[Past], layout: Layout, offices: Offices, catalogue: Catalogue, *, by: Actor) -> None:
    """Write ``pasts``; their departments, categories and calendar are prepared."""
    if not pasts:
        return
    numbers = _numbers(pasts, layout)
    rows = [
        _case(past, number, layout.name, offices.id_of(past.department), catalogue.id_of(past.major, past.category))
        for past, number in zip(pasts, numbers, strict=True)
    ]
    ids = db.session.scalars(
        insert(Case).returning(Case.id, sort_by_parameter_order=True), rows, execution_options=NULLS
    ).all()
    written = list(zip(pasts, rows, ids, strict=True))
    _dispatches(written, by)
    entries = [entry for past, row, id in written for entry in _timeline(past, row, id, layout.name, by)]
    db.session.execute(insert(TimelineEntry), entries, execution_options=NULLS)
    _run_clocks(written, calendars.working(_calendar_id(layout)), by)
    search.index_all((id, f"{row['number']} {past.title} {past.description} {past.place}") for past, row, id in written)


def _numbers(pasts: Sequence[Past], layout: Layout) -> list[str]:
    """Our numbers, one counter's statement for each day."""
    days = [today(past.reported_at, layout.zone) for past in pasts]
    running = {day: numbering.reserve(layout.region_code, day, count) for day, count in Counter(days).items()}
    given: Counter[Any] = Counter()
    numbers = []
    for day in days:
        numbers.append(numbering.numbered(layout.region_code, day, running[day] + given[day]))
        given[day] += 1
    return numbers


def _case(past: Past, number: str, system: str, department_id: int | None, category_id: int | None) -> dict[str, Any]:
    """The columns of a case. What the file does not tell apart happened at the same moment."""
    is_closed, opened = past.closed_at is not None, past.reported_at
    return {
        "number": number, "stage": (Stage.closed if is_closed else Stage.handling).value, "kind": "event",
        "source": Source.legacy.value, "source_system": system, "source_no": past.number,
        "title": past.title, "description": past.description, "place": past.place, **_place(past.point),
        "category_id": category_id, "department_id": department_id, "reported_at": opened, "accepted_at": opened,
        "filed_at": opened, "dispatched_at": opened if department_id else None,
        "handled_at": past.closed_at, "closed_at": past.closed_at, "ended_at": past.closed_at,
        "result": "resolved" if is_closed else None, "updated_at": past.closed_at or opened,
        "clock_state": "none",
    }  # fmt: skip


def _place(point: tuple[float, float] | None) -> dict[str, Any]:
    location = locating.locate(*point) if point else None
    return {
        "lng": point[0] if point else None, "lat": point[1] if point else None,
        "location_level": "point" if point else "unknown",
        "unit_grid_id": location.unit_grid_id if location else None,
        "responsibility_grid_id": location.responsibility_grid_id if location else None,
        "region_code": location.region_code if location else None,
        "street_code": location.street_code if location else None,
        "area_class": location.area_class if location else "A",
    }  # fmt: skip


Written = tuple[Past, dict[str, Any], int]


def _dispatches(written: Iterable[Written], by: Actor) -> None:
    rows = [
        {"case_id": id, "department_id": row["department_id"], "at": past.reported_at, "by_id": by.id, "mode": "legacy",
         "signed_at": past.reported_at, "ended_at": past.closed_at, "ended_by": "feedback" if past.closed_at else None}
        for past, row, id in written if row["department_id"]
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(Dispatch), rows, execution_options=NULLS)


def _timeline(past: Past, row: dict[str, Any], id: int, system: str, by: Actor) -> Iterable[dict[str, Any]]:
    """Report and closure as the file tells them; the acts between are marked as inferred."""
    opened, closed, office = past.reported_at, past.closed_at, row["department_id"]
    inferred: dict[str, Any] = {"legacy": system, "inferred": True}
    kept = {"legacy": system, "source_no": past.number, **({"kept": past.kept} if past.kept else {})}
    told = {"legacy": system, **({"verdict": past.verdict} if past.verdict else {})}

    def entry(
        act: str, at: datetime, stage: Stage, detail: dict[str, Any], note: str = "", department_id: int | None = None
    ) -> dict[str, Any]:
        return {
            "case_id": id,
            "at": at,
            "act": act,
            "by_id": by.id,
            "by_name": by.name,
            "stage": stage.value,
            "department_id": department_id,
            "note": note,
            "detail": detail,
        }

    yield entry("report", opened, Stage.reported, kept, past.description)
    yield entry("filing", opened, Stage.pending_dispatch, inferred)
    if office:
        yield entry("dispatch", opened, Stage.handling, inferred | {"mode": "legacy"})
    if closed:
        yield entry("feedback", closed, Stage.feedback_review, inferred, department_id=office)
        yield entry("closure", closed, Stage.closed, told, past.note)


def _run_clocks(written: Sequence[Written], calendar: WorkingCalendar, by: Actor) -> None:
    """Handling clocks with the target as their given due; then the copies that lists read."""
    timed = [(past, row, id) for past, row, id in written if past.due_at is not None]
    histories = [
        History(
            "case", id, stages.HANDLING, past.reported_at, due_at=past.due_at, department_id=row["department_id"],
            later=(Fact(Action.stop, past.closed_at),) if past.closed_at else (),
        )
        for past, row, id in timed
    ]  # fmt: skip
    copies = [_copy(clock) for clock in clocks.insert_histories(histories, calendar, by=by, rule=amber_rule())]
    if copies:
        db.session.execute(update(Case), copies)


def _copy(clock: Clock) -> dict[str, Any]:
    return {
        "id": clock.subject_id, "due_at": clock.due_at, "first_due_at": clock.first_due_at, "amber_at": clock.amber_at,
        "clock_state": clock.state, "limit_value": clock.limit_value, "limit_unit": clock.limit_unit,
    }  # fmt: skip


def ensure_calendar(layout: Layout, at: datetime) -> None:
    """The calendar of the file's zone: around the clock, since its targets are given moments; every year complete."""
    if _calendar_id(layout) is None:
        seeds.create(_calendar_name(layout), layout.zone.key, at=at, weeks=(ALL_WEEK,), published=YEARS)


def _calendar_id(layout: Layout) -> int | None:
    return db.session.scalar(select(Calendar.id).where(Calendar.name == _calendar_name(layout)))


def _calendar_name(layout: Layout) -> str:
    return f"{layout.name} {layout.zone.key}"[:60]
