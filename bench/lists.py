"""My work and search over a million cases, 200,000 of them open, as a department's clerk: statements and milliseconds.

Run: ``python -m bench.lists [--cases 1000000]``. Says which index serves which query.
"""

import argparse
import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, event, select, text
from tqdm import tqdm

from bench import server
from engine.access import actors
from engine.access.actors import Actor
from engine.cases import queries, worklist
from engine.cases.queries import CaseFilter
from engine.cases.worklist import WorkFilter
from engine.kit.config import ROOT
from engine.kit.db import db
from engine.organization.models import User
from engine.process import definitions
from engine.simulation import city

NOW = datetime(2026, 10, 15, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
REPEATS = 40
BATCH = 100_000
WORDS = (
    "井盖松动异响",
    "暴露垃圾未清",
    "路灯不亮",
    "占道经营扰民",
    "行道树倒伏",
    "道路破损积水",
    "小广告张贴",
    "非机动车乱停放",
)

CASES = """
INSERT INTO "case" (id, number, stage, kind, source, title, description, place, lng, lat, location_level, region_code,
  responsibility_grid_id, category_id, area_class, is_urgent, is_self_handled, department_id, reported_at, filed_at,
  dispatched_at, first_due_at, due_at, amber_at, handled_at, closed_at, ended_at, clock_state, due_is_provisional,
  return_count, rework_count, reopen_count, extension_count, photo_count, updated_at)
SELECT n, '640902' || to_char(at, 'YYYYMMDD') || lpad(n::text, 8, '0'),
  CASE WHEN n % 5 = 0 THEN 'handling' ELSE 'closed' END, 'event', 'patrol', words, words || '，编号' || n, '望江路' || n % 900 || '号',
  106.4 + (n % 1000) / 10000.0, 37.6 + (n % 777) / 10000.0, 'point', '640902', grids[1 + n % array_length(grids, 1)],
  categories[1 + n % array_length(categories, 1)], 'A', false, false, departments[1 + n % array_length(departments, 1)],
  at, at, at, at + interval '1 day', at + interval '1 day', at + interval '18 hours',
  CASE WHEN n % 5 = 0 THEN NULL ELSE at + interval '20 hours' END, CASE WHEN n % 5 = 0 THEN NULL ELSE at + interval '22 hours' END,
  CASE WHEN n % 5 = 0 THEN NULL ELSE at + interval '22 hours' END, CASE WHEN n % 5 = 0 THEN 'running' ELSE 'stopped' END, false,
  0, 0, 0, 0, 0, at
FROM (SELECT n, CAST(:now AS timestamptz) - (n % 120) * interval '1 day' - (n % 1440) * interval '1 minute' AS at,
        (CAST(:words AS text[]))[1 + n % 8] AS words FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n) AS made,
  (SELECT array_agg(id ORDER BY id) AS departments FROM department WHERE kind <> 'center') AS d,
  (SELECT array_agg(id ORDER BY id) AS categories FROM category) AS c,
  (SELECT array_agg(id ORDER BY id) AS grids FROM responsibility_grid) AS g
"""
INSTANCE = """
INSERT INTO process_instance (id, definition_id, subject_kind, subject_id, revision, started_at)
SELECT id, (SELECT max(id) FROM process_definition), 'case', id, 1, reported_at FROM "case"
WHERE id BETWEEN :first AND :last AND stage = 'handling'
"""
TASKS = """
INSERT INTO open_task (id, instance_id, definition_id, subject_kind, subject_id, node, name, lane, form, act, stage, group_name,
  opened_at, due_at, amber_at)
SELECT md5(id::text), id, (SELECT max(id) FROM process_definition), 'case', id,
  CASE id % 3 WHEN 0 THEN 'sign' WHEN 1 THEN 'assign' ELSE 'give_feedback' END,
  CASE id % 3 WHEN 0 THEN '签收' WHEN 1 THEN '内部指派' ELSE '处置反馈' END, 'handling_clerk', 'signing', 'signing', 'handling',
  'handling_clerk@dept:' || department_id, dispatched_at, due_at, amber_at
FROM "case" WHERE id BETWEEN :first AND :last AND stage = 'handling'
"""
TOOK_PART = """
INSERT INTO involvement (case_id, user_id, part) SELECT id, 1 + id % 50, 'handled' FROM "case" WHERE id BETWEEN :first AND :last
"""


def main() -> None:
    """Build the city, time its lists, say what serves them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    cases = parser.parse_args().cases
    with server.postgresql() as url, server.application(url).app_context():
        fill(cases)
        clerk = _actor("clerk.sanitation")
        lin = _actor("collector.chen")
        print(f"{cases:,} cases, {db.session.scalar(text('SELECT count(*) FROM open_task')):,} open; as {clerk.name}")
        measure("my work: queues and first page", lambda: (worklist.queues(clerk, at=NOW), _work(clerk)))
        measure("my work: overdue only", lambda: _work(clerk, lamp="red"))
        measure("my work: words", lambda: _work(clerk, text="井盖"))
        measure("my work: words that stand together", lambda: _work(clerk, text="井盖松动"))
        measure("cases: first page", lambda: _cases(clerk))
        measure("cases: words of two characters", lambda: _cases(clerk, text="井盖"))
        measure("cases: words that stand together", lambda: _cases(clerk, text="井盖松动"))
        measure("cases: words that hardly occur", lambda: _cases(clerk, text="编号777777"))
        measure("cases: by number", lambda: _cases(clerk, number="64090220260901" + "00000045"))
        measure("cases: open and overdue", lambda: _cases(clerk, lamp="red", is_open=True))
        measure(
            "cases: category and month",
            lambda: _cases(clerk, category_id=45, reported_from=datetime(2026, 9, 1, tzinfo=NOW.tzinfo)),
        )
        measure("cases: first page, collector", lambda: _cases(lin))


def fill(cases: int) -> None:
    """The small city with that many cases, one in five open."""
    db.create_all()
    city.build("small", at=datetime(2026, 1, 5, 8, 0, tzinfo=NOW.tzinfo), password="Correct-Horse-7")
    definitions.ensure_published(ROOT / "workflows", NOW)
    db.session.commit()
    words = list(WORDS)
    for first in tqdm(range(1, cases + 1, BATCH), desc="filling", unit="batch"):
        bounds = {"first": first, "last": min(first + BATCH - 1, cases)}
        db.session.execute(text(CASES), {"now": NOW, "words": words, **bounds})
        for statement in (INSTANCE, TASKS, TOOK_PART):
            db.session.execute(text(statement), bounds)
        _index_words(**bounds)
        db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _index_words(first: int, last: int) -> None:
    """The same words that search.index writes, made in the database: windows of two characters."""
    db.session.execute(
        text(
            "INSERT INTO case_words SELECT id, array_to_tsvector(ARRAY(SELECT DISTINCT lower(substr(w, i, 2)) FROM "
            "unnest(ARRAY[number, title, '编号' || id, place]) AS w, generate_series(1, char_length(w) - 1) AS i)) "
            'FROM "case" WHERE id BETWEEN :first AND :last'
        ),
        {"first": first, "last": last},
    )


def measure(name: str, look: Callable[[], Any]) -> None:
    """Print statements, median and 95th percentile of a look at a list, and the indexes that served it."""
    with Statements() as seen:
        look()
        db.session.rollback()
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        look()
        times.append(time.perf_counter() - begun)
        db.session.rollback()
    middle, late = server.median_and_95(times)
    print(
        f"{name:40} {len(seen.found):2} statements  median {middle:7.1f} ms  95 % {late:7.1f} ms  {', '.join(seen.indexes())}"
    )


class Statements:
    """The statements sent meanwhile, and what PostgreSQL's planner would use for them."""

    def __init__(self) -> None:
        self.found: list[tuple[str, Any]] = []

    def __enter__(self) -> "Statements":
        event.listen(Engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        self.found.append((statement, parameters))

    def indexes(self) -> list[str]:
        """Names of the indexes in the plans of the statements, in order of appearance; sequential scans say so."""
        names: dict[str, None] = {}
        with db.engine.connect() as connection:
            for statement, parameters in self.found:
                for (line,) in connection.exec_driver_sql("EXPLAIN " + statement, parameters):
                    for found in re.findall(r"(?:using|Index Scan on) (\w+)|(Seq Scan on \"?\w+)", line):
                        names[found[0] or found[1]] = None
        return list(names)


def _actor(username: str) -> Actor:
    found = actors.load(db.session.scalars(select(User.id).where(User.username == username)).one())
    assert found is not None
    return found


def _work(actor: Actor, **wanted: Any) -> Any:
    return worklist.find(WorkFilter(**wanted), actor, at=NOW)


def _cases(actor: Actor, **wanted: Any) -> Any:
    return queries.find(CaseFilter(**wanted), actor, at=NOW)


if __name__ == "__main__":
    main()
