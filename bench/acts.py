"""What each act of the standard case costs through its form, on both databases: statements and milliseconds.

Run: ``python -m bench.acts [--cases 12]``. Measured in one process with its own PostgreSQL, durability on: the whole
request with session, rights, form (without its token), files, step, clocks, timeline, commit and redirect, without the
network.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import Engine, event

from bench import server
from engine.kit import clock
from engine.kit.db import db
from engine.process import jobs
from tests import city as cities
from tests import visiting
from tests.errands import Errand, Guide, photo
from tests.stories import Story

MOST_STATEMENTS = 20

Measured = dict[str, tuple[list[int], list[float]]]
"""By act: statements and seconds of each time that it was done."""


def main() -> None:
    """Measure both databases and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=12)
    cases = parser.parse_args().cases
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    report({kind: on(kind, cases) for kind in ("sqlite", "postgresql")})


def on(kind: str, cases: int) -> Measured:
    """Take ``cases`` cases from report to closure on a fresh database of this kind."""
    with tempfile.TemporaryDirectory(prefix="cityloop-bench-") as folder, _address(kind, Path(folder)) as url:
        app = visiting.application(url, Path(folder))
        # In a context of its own: one of the application's would remember between requests who is signed in.
        with server.application(url).app_context():
            db.create_all()
            cities.build()
            db.session.commit()
            _drive(app, cities.City(url), 2)  # warms up what is read once in a process
            measured = _drive(app, cities.City(url), cases)
            db.session.remove()
            db.engine.dispose()
            return measured


@contextmanager
def _address(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    with server.postgresql() as url:
        yield url


def _drive(app: Flask, city: cities.City, cases: int) -> Measured:
    guide, measured, browsers = Guide(), Measured(), {}
    for _ in range(cases):
        story = Story(city).report()
        while errands := guide.errands([story.case_id]):
            story.now += timedelta(minutes=5)
            with clock.fixed(story.now):
                username = errands[0].username
                # Signing in takes as long as an act on purpose; a simulated hour later the session is over.
                browsers[username] = visiting.signed_in(app, username)
                _do(browsers[username], errands[0], measured)
            jobs.run_due(story.now)
    return measured


def _do(browser: visiting.Visitor, errand: Errand, measured: Measured) -> None:
    values: dict[str, Any] = dict(errand.values)
    if errand.needs_photo:
        values["photos"] = (BytesIO(photo()), "photo.jpg")
    with counted() as seen:
        begun = time.perf_counter()
        answer = browser.post(errand.address, data=values)
        seconds = time.perf_counter() - begun
    assert answer.status_code == 303, answer.text
    statements, times = measured.setdefault(errand.act, ([], []))
    statements.append(len(seen))
    times.append(seconds)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent meanwhile; BEGIN is none of them."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def report(found: dict[str, Measured]) -> None:
    """One line an act, both databases beside each other, and the worst of all."""
    print(f"{'act':22} " + " ".join(f"{kind:>10}: statements  median ms  95 % ms" for kind in found))
    for act in found["sqlite"]:
        cells = []
        for measured in found.values():
            statements, times = measured[act]
            middle, late = server.median_and_95(times)
            cells.append(f"{max(statements):22}  {middle:9.1f} {late:8.1f}")
        print(f"{act:22} " + " ".join(cells))
    for kind, measured in found.items():
        everything = [second for _, times in measured.values() for second in times]
        most = max(max(statements) for statements, _ in measured.values())
        middle, late = server.median_and_95(everything)
        print(f"{kind}: at most {most} statements an act (wanted: {MOST_STATEMENTS}); "
              f"median {middle:.1f} ms, 95 % {late:.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
