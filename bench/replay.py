"""Past cases are replayed through a drawing with an added approval: how many a second, beside what their acts took.

Run: ``python -m bench.replay [--cases 10000] [--disk]``. PostgreSQL. Some cases are taken from report to closure by
real acts, which are timed; their records are then copied, and one worker replays all of them. On a machine that others
use only the ratio means something.
"""

import argparse
import os
import time
from datetime import timedelta

from sqlalchemy import Table, insert, select, text

from bench import server
from bench.beside import Timed
from engine.access.actors import SYSTEM
from engine.cases.models import Case
from engine.deadlines.models import Clock, ClockFact
from engine.kit import clock as wall
from engine.kit.db import db, unit_of_work
from engine.process.instances import INSTANCE
from engine.process.moving import EVENT
from engine.studio import jobs, replaying
from engine.studio.models import DraftState, StudioDraft
from engine.studio.replay_models import Replay
from engine.studio.replaying import Wanted
from engine.studio.tallying import Tally
from tests import city as cities
from tests.engine.studio import redrawn

NOW = cities.at("2026-03-02 09:00")
PLAYED = 20
STEP = 1_000_000
"""Between the ids of one round of copies and the next."""


def main() -> None:
    """Build the cases, replay them, say what that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--disk", action="store_true", help="the data lie on the disk, not in memory")
    wanted = parser.parse_args()
    with server.postgresql(in_memory=not wanted.disk) as url, server.application(url).app_context():
        db.create_all()
        cities.build()
        db.session.commit()
        acted = play(cities.City(url))
        copy(wanted.cases)
        report(replayed(), acted)


def play(city: cities.City) -> float:
    """Take some cases from report to closure; the seconds that the acts of one took."""
    times: list[float] = []
    for number in range(PLAYED + 2):
        spent: list[float] = []
        story = Timed(city, NOW + timedelta(minutes=7 * number), times=spent).report()
        with wall.fixed(NOW):
            story.filed().handled().verified().do("zhao", "closure")
        if number >= 2:  # the first ones read what is read once in a process
            times.append(sum(spent))
    db.session.rollback()
    return sum(times) / len(times)


def copy(cases: int) -> None:
    """Copy the records of those cases until there are as many as are wanted."""
    with unit_of_work():
        originals = db.session.scalars(select(Case.id).order_by(Case.id)).all()
        rows = {table.name: db.session.execute(select(table)).mappings().all() for table in _tables()}
        for round_ in range(1, -(-cases // len(originals))):
            for table in _tables():
                db.session.execute(insert(table), [_copied(table, dict(row), round_) for row in rows[table.name]])
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _tables() -> list[Table]:
    return [Case.__table__, INSTANCE, EVENT, Clock.__table__, ClockFact.__table__]  # type: ignore[list-item]


def _copied(table: Table, row: dict[str, object], round_: int) -> dict[str, object]:
    for name in ("id", "subject_id", "instance_id", "clock_id"):
        if isinstance(row.get(name), int):
            row[name] = row[name] + round_ * STEP  # type: ignore[operator]
    if table is Case.__table__:
        row["number"] = f"{row['number']}-{round_}"
    return row


def replayed() -> tuple[Replay, float]:
    """Replay all of it through a drawing in which closure is approved twice; how long it took."""
    at = NOW + timedelta(days=30)
    with unit_of_work():
        draft = StudioDraft(key="standard_case", name="bench", xml=redrawn.with_second_approval(),
                            state=DraftState.drawing.value, created_at=at, changed_at=at)  # fmt: skip
        db.session.add(draft)
        db.session.flush()
        wanted = Wanted(NOW - timedelta(days=1), NOW + timedelta(days=20))
        run = replaying.of_draft(draft.id, wanted, by=SYSTEM, at=at)
        key = run.id
    begun = time.perf_counter()
    while db.session.get_one(Replay, key, populate_existing=True).state == "running":
        db.session.rollback()
        jobs.run_due(at)
    return db.session.get_one(Replay, key, populate_existing=True), time.perf_counter() - begun


def report(done: tuple[Replay, float], acted: float) -> None:
    """The figures."""
    run, seconds = done
    tally, rate = Tally.from_json(run.tally), run.done / seconds
    print(f"{run.done:,} cases replayed in {seconds:.1f} s: {rate:.0f} a second")
    print(f"  the acts of one case took {acted * 1000:.0f} ms in real service, its replay {1000 / rate:.1f} ms:"
          f" {acted * rate:.0f} times as fast")  # fmt: skip
    print(f"  from report to closure they lasted {tally.recorded_seconds / 3600:,.0f} hours:"
          f" {tally.recorded_seconds / seconds:,.0f} times as long")  # fmt: skip
    print(f"  {dict(tally.went)}, done later {tally.later:,}, newly overdue {tally.newly_late:,}")
    print(f"{os.cpu_count()} processors, shared with PostgreSQL; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
