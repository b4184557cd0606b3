"""A calendar changes under 100,000 open cases: how many a second, and what acts cost meanwhile.

Run: ``python -m bench.recalculation [--cases 100000] [--disk]``. PostgreSQL; each open case has its handling clock, an
open step and a timer, which all move. First a preview, then the change, each by one worker in a process of its own;
beside it somebody goes on taking cases from report to closure. On a machine that others use only ratios mean something.
"""

import argparse
import os
from datetime import datetime, timedelta

from sqlalchemy import text

from bench import beside, server
from bench.beside import NOW
from bench.lists import CASES, INSTANCE, WORDS
from engine.access.actors import SYSTEM
from engine.calendars import drafting, queries
from engine.calendars.working_time import Limit, Unit
from engine.deadlines import jobs, recalculation
from engine.deadlines.effects import Tally
from engine.deadlines.models import Recalculation
from engine.kit.db import db, unit_of_work
from tests import city as cities

HOLIDAY = datetime(2026, 10, 16).date()  # noqa: DTZ001 - a day
BATCH = 50_000
ACTS = ("filing_proposal", "filing", "dispatch", "signing", "assignment", "handling", "feedback")

# Times that clocks started at, each with a limit: dues are reckoned once for each, not once for each case.
COURSES = """
CREATE TEMPORARY TABLE course (number int, started_at timestamptz, days float, due_at timestamptz, amber_at timestamptz)
"""
CLOCKS = """
INSERT INTO clock (id, subject_kind, subject_id, name, department_id, calendar_id, calendar_version, limit_value,
  limit_unit, started_at, state, due_at, first_due_at, amber_at, is_provisional, watch_at, rung, watch_attempts)
SELECT c.id, 'case', c.id, 'handling', c.department_id, :calendar, :version, course.days, 'working_days',
  course.started_at, 'running', course.due_at, course.due_at, course.amber_at, false, course.amber_at, 0, 0
FROM "case" c JOIN course ON course.number = c.id % :courses WHERE c.id BETWEEN :first AND :last
"""
FACTS = """
INSERT INTO clock_fact (clock_id, seq, action, at, by_name, reason, department_id, value, unit, due_after, first_due,
  is_provisional)
SELECT id, 1, 'start', started_at, 'bench', '', department_id, limit_value, limit_unit, due_at, due_at, false
FROM clock WHERE id BETWEEN :first AND :last
"""
COPIES = """
UPDATE "case" c SET due_at = k.due_at, first_due_at = k.due_at, amber_at = k.amber_at FROM clock k
WHERE k.id = c.id AND c.id BETWEEN :first AND :last
"""
TASKS = """
INSERT INTO open_task (id, instance_id, definition_id, subject_kind, subject_id, node, name, lane, form, act, stage,
  group_name, opened_at, due_at, amber_at)
SELECT md5(id::text), id, (SELECT max(id) FROM process_definition), 'case', id, 'handle', '处置', 'handler', 'handling',
  'handling', 'handling', 'handler@dept:' || department_id, dispatched_at, due_at, amber_at
FROM "case" WHERE id BETWEEN :first AND :last
"""
TIMERS = """
INSERT INTO open_timer (instance_id, subject_kind, subject_id, task_id, node, clock, due_at, attempts)
SELECT id, 'case', id, md5(id::text), 'overdue', 'handling', due_at, 0 FROM "case" WHERE id BETWEEN :first AND :last
"""


def main() -> None:
    """Build the city, change its calendar, say what that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--disk", action="store_true", help="the data lie on the disk, not in memory")
    wanted = parser.parse_args()
    with server.postgresql(in_memory=not wanted.disk) as url, server.application(url).app_context():
        fill(wanted.cases)
        city = cities.City(url)
        beside.acts(city, seconds=3)  # warms up what is read once in a process
        before = beside.acts(city, seconds=20)
        _draft()
        for what in ("preview", "recalculation"):
            report(what, *_measured(what, url, city), before)
        load = os.getloadavg()[0]
        print(f"{os.cpu_count()} processors, which PostgreSQL, the worker and the acts share; load {load:.1f}")


def fill(cases: int) -> None:
    """The small city with that many open cases, none of them due yet."""
    db.create_all()
    cities.build()
    db.session.commit()
    courses = _courses()
    calendar = queries.find()
    given = {"calendar": calendar.id, "version": calendar.version, "courses": courses}
    for first in range(1, cases + 1, BATCH):
        bounds = {"first": first, "last": min(first + BATCH - 1, cases)}
        made = CASES.replace("n % 5 = 0", "true")
        db.session.execute(text(made), {"now": NOW - timedelta(days=130), "words": list(WORDS), **bounds})
        db.session.execute(text(INSTANCE), bounds)
        db.session.execute(text(CLOCKS), bounds | given)
        for statement in (FACTS, COPIES, TASKS, TIMERS):
            db.session.execute(text(statement), bounds)
        db.session.flush()
    for table in ("case", "process_instance", "clock"):
        db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), {cases + 1})"))
    db.session.execute(text('UPDATE "case" SET instance_id = id'))
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    print(f"{cases:,} open cases", flush=True)


def _courses() -> int:
    db.session.execute(text(COURSES))
    calendar, number = queries.working(), 0
    for hours in range(1, 40):
        start = NOW - timedelta(hours=hours)
        for days in (2, 3, 5, 7, 10, 15):
            due = calendar.add(start, Limit(days, Unit.working_days)).due
            row = {"number": number, "start": start, "days": days, "due": due, "amber": due - timedelta(hours=20)}
            db.session.execute(text("INSERT INTO course VALUES (:number, :start, :days, :due, :amber)"), row)
            number += 1
    return number


def _draft() -> None:
    with unit_of_work():
        calendar = queries.find()
        revision = drafting.revision_of(calendar)
        drafting.set_day(calendar, HOLIDAY, "off", revision=revision, by=SYSTEM, at=NOW)


def _measured(what: str, url: str, city: cities.City) -> tuple[Recalculation, float, list[float]]:
    """Run one of the two in a process of its own; how long it took, and what the acts beside it took."""
    with unit_of_work():
        calendar = queries.find()
        if what == "preview":
            run_id = recalculation.preview(calendar, by=SYSTEM, at=NOW).id
        else:
            revision = drafting.revision_of(calendar)
            run_id = recalculation.apply(calendar, revision=revision, by=SYSTEM, at=NOW).id
    seconds, times = beside.measured(url, city, _work, run_id)
    return db.session.get_one(Recalculation, run_id, populate_existing=True), seconds, times


def _work(run_id: int) -> None:
    while db.session.get_one(Recalculation, run_id, populate_existing=True).state == "running":
        jobs.run_due(NOW)


def report(what: str, run: Recalculation, seconds: float, during: list[float], before: list[float]) -> None:
    """One line of figures for the work, one for the acts beside it."""
    told = Tally.from_json(run.tally)
    rate = run.done / seconds
    print(f"{what}: {run.done:,} clocks looked at, {told.moved:,} move, in {seconds:.1f} s: {rate:.0f} a second")
    print(beside.told(during, before))


if __name__ == "__main__":
    main()
