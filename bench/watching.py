"""What administrators watch, over a million steps that were done and 200,000 that are open: pages beside a plain list.

Run: ``python -m bench.watching [--finished 1000000] [--open 200000] [--disk]``. PostgreSQL. Some cases are really taken
to where they stand, and their records copied; their moments are spread over four months. Pages are asked for as a
browser does. On a machine that others use only the ratios mean something.
"""

import argparse
import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Table, func, select, text

from bench import server
from bench.beside import NOW
from bench.board import look
from engine.kit import clock as wall
from engine.kit.db import UtcDateTime, db
from engine.process import definitions
from engine.process.models import OpenTask, ProcessEvent, ProcessInstance
from tests import city as cities
from tests import visiting
from tests.stories import Story

TEMPLATES = 8
"""Finished cases, and open ones, of which the others are copies."""
BEGUN = NOW - timedelta(hours=12)
DAYS = 120
TABLES = ("process_instance", "case", "process_event", "clock", "clock_fact", "open_task", "open_timer")
NUMBERED = ("process_instance", "case", "process_event", "clock", "open_timer")
REFERRED = {"subject_id": "case", "case_id": "case", "instance_id": "process_instance", "clock_id": "clock"}
"""Columns by the table whose ids they hold."""
OPEN: list[Callable[[Story], Story]] = [
    lambda story: story,
    lambda story: story.filed(),
    lambda story: story.filed().signed(),
    lambda story: story.filed().handled(),
]
"""Where cases stand that are under way."""
OPEN_STEPS = select(func.count()).select_from(OpenTask)
DONE_STEPS = select(func.count()).select_from(ProcessEvent).where(ProcessEvent.kind == "completed")
PARTS = ("process_", "open_", "outbox", "incident", "clock")

_SUBJECT = "o.subject_kind = 'case' AND o.subject_id = ANY(:cases)"
_INSTANCES = "(SELECT id FROM process_instance WHERE subject_kind = 'case' AND subject_id = ANY(:cases))"
OF_CASES = {
    "case": "o.id = ANY(:cases)",
    "process_instance": _SUBJECT,
    "process_event": f"o.instance_id IN {_INSTANCES}",
    "clock": _SUBJECT,
    "clock_fact": "o.clock_id IN (SELECT id FROM clock WHERE subject_kind = 'case' AND subject_id = ANY(:cases))",
    "open_task": _SUBJECT,
    "open_timer": _SUBJECT,
}


def main() -> None:
    """Build the cases, time the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--finished", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=200_000)
    parser.add_argument("--disk", action="store_true", help="the data lie on the disk, not in memory")
    wanted = parser.parse_args()
    structlog.configure(processors=[], logger_factory=structlog.ReturnLoggerFactory())
    with server.postgresql(in_memory=not wanted.disk) as url:
        with server.application(url).app_context():
            one = fill(url, wanted.finished, wanted.open)
        measure(url, one)
    print(f"{os.cpu_count()} processors, shared with PostgreSQL; load {os.getloadavg()[0]:.1f}")


def fill(url: str, finished: int, open_steps: int) -> int:
    """The small city with so many finished and open steps; the id of an instance that runs."""
    db.create_all()
    cities.build()
    db.session.commit()
    city = cities.City(url)
    with wall.fixed(NOW):
        closed = [Story(city, BEGUN).closed().case_id for _ in range(TEMPLATES)]
        running = [OPEN[number % len(OPEN)](Story(city, BEGUN).report()).case_id for number in range(TEMPLATES)]
    of_closed = select(func.count()).select_from(ProcessEvent).join(ProcessInstance)
    steps = _count(of_closed.where(ProcessEvent.kind == "completed", ProcessInstance.ended_at.is_not(None)))
    copier = Copier()
    copier.copy(closed, finished // steps)
    copier.copy(running, open_steps // _count(OPEN_STEPS))
    copier.settle()
    print(f"{_count(DONE_STEPS):,} steps done, {_count(OPEN_STEPS):,} open", flush=True)
    return db.session.scalars(select(ProcessInstance.id).where(ProcessInstance.subject_id == running[-1])).one()


def _count(chosen: Any) -> int:
    return int(db.session.scalar(chosen))


class Copier:
    """Copies cases with the records that pages of watching read, inside the database."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {name: db.metadata.tables[name] for name in TABLES}
        self.ids = {name: self._last(name) for name in NUMBERED}
        self.made = 0
        db.session.rollback()

    def copy(self, case_ids: list[int], times: int) -> None:
        """Each of these cases so many times. Numbers follow one another, as in a city."""
        span = {"first": self.made + 1, "last": self.made + times, "cases": case_ids, "days": DAYS}
        # What a copy refers to is copied too: it need not be looked up for each of millions of rows.
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        for table in self.tables.values():
            db.session.execute(text(self._copying(table)), span)
        db.session.commit()
        self.made += times

    def settle(self) -> None:
        """Let PostgreSQL look at what there is."""
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))

    def _last(self, name: str) -> int:
        return db.session.scalar(select(func.max(self.tables[name].c.id))) or 0

    def _copying(self, table: Table) -> str:
        names = [column.name for column in table.columns]
        values = ", ".join(self._value(table, name) for name in names)
        listed = ", ".join(f'"{name}"' for name in names)
        copies = "generate_series(CAST(:first AS int), CAST(:last AS int)) AS n"
        originals = f'"{table.name}" AS o, {copies} WHERE {OF_CASES[table.name]}'
        return f'INSERT INTO "{table.name}" ({listed}) SELECT {values} FROM {originals}'

    def _value(self, table: Table, name: str) -> str:
        """What a copy has in a column: numbers and references of its own, its moments on another day."""
        of = table.name if name == "id" else REFERRED.get(name)
        if of in self.ids:
            return f'o."{name}" + n * CAST({self.ids[of]} AS bigint)'
        if name in {"id", "task_id"} and table.name in {"open_task", "open_timer"}:
            return f'md5(o."{name}" || n)'
        if name == "number":
            return "o.number || '-' || n"
        if isinstance(table.c[name].type, UtcDateTime):
            return f"o.\"{name}\" - (n % CAST(:days AS int)) * interval '1 day'"
        return f'o."{name}"'


def measure(url: str, instance_id: int) -> None:
    """Print what each page costs, and how many times as long as a plain list it takes."""
    app = visiting.application(url, Path(tempfile.mkdtemp()))
    with server.application(url).app_context():
        standard = definitions.active("standard_case")
        assert standard is not None
        map_ = f"/studio/watch/{standard.id}"
    # Not inside the web's own context: each of its requests then finds out anew who asks.
    with server.application(url).app_context(), wall.fixed(NOW):
        wang, admin = (visiting.signed_in(app, name) for name in ("wang", "system_admin"))
        plain = look("plain list: cases, first page", lambda: wang.get("/desk/cases"))
        for name, address in (
            ("versions and what runs on them", "/studio/watch"),
            ("heat map, 30 days", map_),
            ("heat map, all cases, share overdue", f"{map_}?days=365&by=late"),
            ("cases that are at a step", f"{map_}/cases?node=sign&by=here"),
            ("cases that were late at a step", f"{map_}/cases?node=sign&by=late&days=365"),
            ("one instance", f"/studio/instances/{instance_id}"),
        ):
            cost = look(name, lambda address=address: admin.get(address), of=PARTS)  # type: ignore[misc]
            print(f"{'':48} {cost / plain:.1f} times the plain list", flush=True)


if __name__ == "__main__":
    main()
