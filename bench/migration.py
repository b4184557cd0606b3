"""Running cases move to another version of their drawing: how many a second, and what acts cost meanwhile.

Run: ``python -m bench.migration [--cases 10000] [--disk]``. PostgreSQL; the cases are copies of some that were really
taken to where they stand: reported, filed, in a department's hands. One worker in a process of its own moves them and
then takes them back; beside it somebody goes on taking cases from report to feedback. On a machine that others use only
ratios mean something.
"""

import argparse
import os
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from sqlalchemy import MetaData, Table, func, insert, select, text

from bench import beside, server
from bench.beside import NOW
from engine.access.actors import SYSTEM
from engine.kit import clock as wall
from engine.kit.config import ROOT
from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.studio import grouping, jobs, migrations
from engine.studio.models import Migration
from tests import city as cities
from tests.stories import Story

TEMPLATES = 4
"""Of each place where a case may stand."""
MAPPING = {"handle": "repair"}
BATCH = 500
OF_SUBJECT = ("clock", "open_task", "open_timer")


def main() -> None:
    """Build the city, publish a version, move its cases there and back, say what that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--disk", action="store_true", help="the data lie on the disk, not in memory")
    wanted = parser.parse_args()
    with server.postgresql(in_memory=not wanted.disk) as url, server.application(url).app_context():
        city = fill(url, wanted.cases)
        beside.acts(city, seconds=3)  # warms up what is read once in a process
        before = beside.acts(city, seconds=20)
        run_id = published()
        for what, begin in (("moved", None), ("taken back", migrations.take_back)):
            if begin is not None:
                with unit_of_work():
                    begin(run_id, by=SYSTEM, at=NOW)
            report(what, *_measured(url, city, run_id), before)
        load = os.getloadavg()[0]
        print(f"{os.cpu_count()} processors, which PostgreSQL, the worker and the acts share; load {load:.1f}")


def fill(url: str, cases: int) -> cities.City:
    """The small city with that many running cases."""
    db.create_all()
    cities.build()
    db.session.commit()
    city = cities.City(url)
    with wall.fixed(NOW):
        stories = [_told(city, place) for place in range(3) for _ in range(TEMPLATES)]
    copier = Copier([story.case_id for story in stories])
    for first in range(0, cases - len(stories), BATCH):
        copier.copy(min(BATCH, cases - len(stories) - first))
    copier.settle()
    print(f"{cases:,} running cases", flush=True)
    return city


def _told(city: cities.City, place: int) -> Story:
    story = Story(city, NOW).report()
    return story if place == 0 else story.filed() if place == 1 else story.filed().signed()


class Copier:
    """Copies cases with all their rows; every copy has task ids of its own."""

    def __init__(self, case_ids: list[int]) -> None:
        metadata = MetaData()
        metadata.reflect(db.engine, only=["case", "process_instance", "clock_fact", *OF_SUBJECT], resolve_fks=False)
        self.tables = metadata.tables
        self.originals = [self._original(case_id) for case_id in case_ids]
        self.next = {name: self._last(name) + 1 for name in ("case", "process_instance", "clock", "open_timer")}
        self.made = 0
        db.session.rollback()

    def copy(self, count: int) -> None:
        """So many more."""
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in self.tables}
        for _ in range(count):
            self._one(self.originals[self.made % len(self.originals)], rows)
            self.made += 1
        with unit_of_work():
            for name in ("process_instance", "case", "clock", "clock_fact", "open_task", "open_timer"):
                if rows[name]:
                    db.session.execute(insert(self.tables[name]), rows[name])

    def settle(self) -> None:
        """Number on behind the copies, and let PostgreSQL look at what there is."""
        for name, number in self.next.items():
            db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), {number})"))
        db.session.commit()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))

    def _original(self, case_id: int) -> dict[str, Any]:
        found = {"case": self._rows("case", "id", case_id)[0]}
        found["process_instance"] = self._rows("process_instance", "id", found["case"]["instance_id"])[0]
        found |= {name: self._rows(name, "subject_id", case_id) for name in OF_SUBJECT}
        clocks = [one["id"] for one in found["clock"]]
        found["clock_fact"] = [fact for key in clocks for fact in self._rows("clock_fact", "clock_id", key)]
        return found

    def _rows(self, name: str, column: str, value: int) -> list[dict[str, Any]]:
        table: Table = self.tables[name]
        return [dict(row._mapping) for row in db.session.execute(select(table).where(table.c[column] == value))]

    def _last(self, name: str) -> int:
        return db.session.scalar(select(func.max(self.tables[name].c.id))) or 0

    def _number(self, name: str) -> int:
        self.next[name] += 1
        return self.next[name] - 1

    def _one(self, original: dict[str, Any], rows: dict[str, list[dict[str, Any]]]) -> None:
        case_id, instance_id = self._number("case"), self._number("process_instance")
        state = original["process_instance"]["state"]
        names: dict[str, str] = {}
        for row in [*original["open_task"], *original["open_timer"]]:
            old = row.get("task_id") or row["id"]
            names.setdefault(old, uuid4().hex)
        for old, new in names.items():
            state = state.replace(old.encode(), new.encode())
        number = f"C{case_id}"
        rows["case"].append(original["case"] | {"id": case_id, "number": number, "instance_id": instance_id})
        rows["process_instance"].append(
            original["process_instance"] | {"id": instance_id, "subject_id": case_id, "state": state}
        )
        clocks = {row["id"]: self._number("clock") for row in original["clock"]}
        rows["clock"] += [row | {"id": clocks[row["id"]], "subject_id": case_id} for row in original["clock"]]
        rows["clock_fact"] += [row | {"clock_id": clocks[row["clock_id"]]} for row in original["clock_fact"]]
        mine = {"subject_id": case_id, "instance_id": instance_id}
        rows["open_task"] += [row | mine | {"id": names[row["id"]]} for row in original["open_task"]]
        rows["open_timer"] += [
            row | mine | {"id": self._number("open_timer"), "task_id": names[row["task_id"]]}
            for row in original["open_timer"]
        ]


def published() -> int:
    """Publish a version with a renamed step, look at the groups, and begin to move everything; what each took."""
    old = definitions.active("standard_case")
    assert old is not None
    source = (ROOT / "workflows" / "standard_case.bpmn").read_text()
    changed = source.replace('"handle"', '"repair"').replace(">handle<", ">repair<")
    new = _timed("publishing", lambda: _in_one(lambda: definitions.publish(old.key, changed, by_id=None, at=NOW)))
    found = _timed("groups", lambda: grouping.overview(*migrations.versions(old.id, new.id), MAPPING))
    assert found.movable == found.count
    print("  " + "; ".join(f"{', '.join(group.places)}: {group.count:,}" for group in found.groups))
    keys = [group.key for group in found.groups]
    db.session.rollback()
    return int(_timed("beginning", lambda: _in_one(
        lambda: migrations.begin(old.id, new.id, MAPPING, keys, reason="bench", by=SYSTEM, at=NOW).id)))  # fmt: skip


def _in_one(do: Callable[[], Any]) -> Any:
    with unit_of_work():
        return do()


def _timed(what: str, do: Callable[[], Any]) -> Any:
    begun = time.perf_counter()
    done = do()
    print(f"{what}: {time.perf_counter() - begun:.2f} s", flush=True)
    return done


def _measured(url: str, city: cities.City, run_id: int) -> tuple[Migration, float, list[float]]:
    """Let one worker in a process of its own do it; how long it took, and what the acts beside it took."""
    seconds, times = beside.measured(url, city, _work, run_id)
    return db.session.get_one(Migration, run_id, populate_existing=True), seconds, times


def _work(run_id: int) -> None:
    while db.session.get_one(Migration, run_id, populate_existing=True).state in {"running", "returning"}:
        jobs.run_due(NOW)


def report(what: str, run: Migration, seconds: float, during: list[float], before: list[float]) -> None:
    """Two lines of figures: for the work, and for the acts beside it."""
    done = run.moved if what == "moved" else run.returned
    stayed = run.left if what == "moved" else run.kept
    old, _ = server.median_and_95(before)
    rate = done / seconds
    print(
        f"{what}: {done:,} cases ({stayed:,} stayed) in {seconds:.1f} s: {rate:.0f} a second, "
        f"{1000 / rate:.1f} ms each, {1000 / rate / old:.2f} of an act"
    )
    print(beside.told(during, before))


if __name__ == "__main__":
    main()
