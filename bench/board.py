"""The supervisors' board over a million cases, 200,000 of them running: pages, statements, and what refreshing costs.

Run: ``python -m bench.board [--cases 1000000]``. Pages are asked for as a browser does.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import text

from bench import lists, server
from bench.lists import NOW, Statements
from engine.kit import clock
from engine.kit.db import db
from engine.supervision import board, happenings
from engine.supervision.queues import Moment
from tests import visiting

REPEATS = 20

# A tenth of what runs is overdue; some was suspended, returned, reworked, forgotten. Streets as a city has them.
STAND_OUT = """
UPDATE "case" SET
  due_at = CASE WHEN id % 50 = 0 THEN CAST(:now AS timestamptz) - (id % 900) * interval '1 hour'
    ELSE CAST(:now AS timestamptz) + (1 + id % 2000) * interval '15 minutes' END,
  stage = CASE WHEN id % 250 = 5 THEN 'suspended' ELSE stage END,
  clock_state = CASE WHEN id % 250 = 5 THEN 'paused' ELSE clock_state END,
  return_count = CASE WHEN id % 400 = 10 THEN 2 ELSE 0 END,
  rework_count = CASE WHEN id % 300 = 15 THEN 1 ELSE 0 END,
  handler_id = 1 + id % 50,
  street_code = '640902' || lpad((id / 5 % 12)::text, 3, '0'),
  updated_at = CAST(:now AS timestamptz) - (id % 8) * interval '1 day'
WHERE ended_at IS NULL
"""
ENTRIES = """
INSERT INTO timeline_entry (case_id, at, act, by_name, stage, note, detail)
SELECT id, updated_at, 'signing', '经办员', stage, '', '{}' FROM "case"
"""


def main() -> None:
    """Build the city, time its board."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    cases = parser.parse_args().cases
    structlog.configure(processors=[], logger_factory=structlog.ReturnLoggerFactory())
    with server.postgresql() as url:
        with server.application(url).app_context():
            lists.fill(cases)
            make_stand_out()
        measure(url, cases)


def make_stand_out() -> None:
    """Give the running cases what a board counts."""
    db.session.execute(text(STAND_OUT), {"now": NOW})
    db.session.execute(text(ENTRIES))
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def measure(url: str, cases: int) -> None:
    """Print what each look costs."""
    app = visiting.application(url, Path(tempfile.mkdtemp()))
    # Not inside the web's own context: each of its requests then finds out anew who asks.
    with server.application(url).app_context(), clock.fixed(NOW):
        zhou, head = lists._actor("supervisor.zhou"), lists._actor("head.sanitation")
        moment = Moment.of(NOW)
        figures = board.figures(zhou, moment)
        print(f"{cases:,} cases; running and standing out: {figures}")
        visit = {name: visiting.signed_in(app, name) for name in ("zhou", "head")}
        whole = look("board, supervisor", lambda: visit["zhou"].get("/supervision/"))
        look("board, department head", lambda: visit["head"].get("/supervision/"))
        look("queue of the overdue, first page", lambda: visit["zhou"].get("/supervision/queues/overdue"))
        look("queue of the dormant, first page", lambda: visit["zhou"].get("/supervision/queues/dormant"))
        look("wall screen", lambda: visit["zhou"].get("/supervision/wall"))
        asked = look(
            "figures alone, as a page without a stream asks", lambda: visit["zhou"].get("/supervision/figures")
        )
        counted = look("stream: figures counted", lambda: board.figures(zhou, moment))
        look("stream: figures counted, department head", lambda: board.figures(head, moment))
        quiet = look("stream: nothing has happened", happenings.newest_id)
        told = look("stream: what has happened", lambda: happenings.latest(zhou, since=cases - 5))
        for name, cost in (
            ("figures asked for", asked),
            ("figures counted", counted),
            ("happening told", told),
            ("quiet", quiet),
        ):
            print(f"refreshing as a share of loading, {name}: {cost / whole:.1%}")


def look(name: str, what: Callable[[], Any], *, of: Sequence[str] = ("case", "timeline")) -> float:
    """Print statements, median, 95th percentile and the indexes of a look; its median in milliseconds.

    Of the indexes those that name one of these tables.
    """
    what()
    with Statements() as seen:
        answer = what()
    assert getattr(answer, "status_code", 200) == 200, answer.text
    db.session.rollback()
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        what()
        times.append(time.perf_counter() - begun)
        db.session.rollback()
    middle, late = server.median_and_95(times)
    found = len([one for one, _ in seen.found if not one.startswith("BEGIN")])
    served = [one for one in seen.indexes() if any(table in one for table in of)]
    print(f"{name:48} {found:2} statements  median {middle:7.1f} ms  95 % {late:7.1f} ms  {', '.join(served)}")
    return middle


if __name__ == "__main__":
    main()
