"""How much memory the program takes: a web process over 10,000 acts, an export and an import of 100,000 rows.

Run: ``python -m bench.memory [--acts 10000 --rows 100000]``. The export and the import run in processes of their own,
so that the most they ever held is theirs alone; the acts run in this one, whose size is told every thousand acts.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import structlog
from flask import Flask
from tqdm import tqdm

from bench import lists, server
from engine.cases import queries
from engine.cases.queries import CaseFilter
from engine.kit import clock
from engine.kit.config import ROOT
from engine.kit.db import db
from reports import case_list
from tests import city as cities
from tests import visiting
from tests.errands import Guide, photo
from tests.stories import Story

MEGABYTE = 1024 * 1024
EVERY = 1000
MOST_WEB, MOST_ROWS = 300, 250
TIMES = "%Y-%m-%d %H:%M:%S"


def main() -> None:
    """Measure all three and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--export-from", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    if wanted.export_from:
        export(wanted.export_from, wanted.rows)
        return
    sizes = acts(wanted.acts)
    print("a web process, MB every thousand acts: " + " ".join(f"{size:.0f}" for size in sizes))
    growth = sizes[-1] - sizes[min(1, len(sizes) - 1)]
    print(f"  at most {max(sizes):.0f} MB (wanted: {MOST_WEB}); from the first thousand to the last: {growth:+.0f} MB")
    for name, size, seconds in rows(wanted.rows):
        print(f"{name} of {wanted.rows:,} rows: at most {size:.0f} MB (wanted: {MOST_ROWS}), {seconds:.0f} s")


def acts(wanted: int) -> list[float]:
    """MB of this process before the first act and after each thousand, done through the pages of the application."""
    with tempfile.TemporaryDirectory(prefix="cityloop-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        app = visiting.application(url, Path(folder))
        with server.application(url).app_context():
            db.create_all()
            cities.build()
            db.session.commit()
            sizes = _drive(app, cities.City(url), wanted)
            db.session.remove()
            db.engine.dispose()
            return sizes


def _drive(app: Flask, city: cities.City, wanted: int) -> list[float]:
    guide, browsers, done, sizes = Guide(), {}, 0, [_megabytes()]
    with tqdm(total=wanted, unit=" acts") as bar:
        while done < wanted:
            story = Story(city, now=clock.now()).report()
            while errands := guide.errands([story.case_id]):
                errand = errands[0]
                if errand.username not in browsers:
                    browsers[errand.username] = visiting.signed_in(app, errand.username)
                values: dict[str, Any] = dict(errand.values)
                if errand.needs_photo:
                    values |= {"photos": (BytesIO(photo()), "photo.jpg")}
                answer = browsers[errand.username].post(errand.address, data=values)
                assert answer.status_code == 303, answer.text
                story.now = clock.now()
                story.work()
                done += 1
                bar.update()
                if done % EVERY == 0:
                    sizes.append(_megabytes())
    return sizes


def _megabytes() -> float:
    return psutil.Process().memory_info().rss / MEGABYTE


def rows(count: int) -> list[tuple[str, float, float]]:
    """Name, most MB and seconds of an export and an import of ``count`` rows, on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="cityloop-bench-") as folder, server.postgresql() as url:
        with server.application(url).app_context():
            lists.fill(count)
            db.session.remove()
            db.engine.dispose()
        exported = _watched([sys.executable, "-m", "bench.memory", "--export-from", url, "--rows", str(count)], {})
        history = Path(folder) / "history.csv"
        _write_history(history, count)
        # The example's mapping, without the columns that it keeps beside those that we know.
        example = (ROOT / "docs" / "examples" / "history.toml").read_text("utf-8").splitlines()
        mapping = history.with_suffix(".toml")
        mapping.write_text("\n".join(line for line in example if not line.startswith("keep")), "utf-8")
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "import-cases", str(history),
                   "--columns", str(mapping)]  # fmt: skip
        imported = _watched(command, {"DATABASE_URL": url, "CITYLOOP_DATA_DIR": folder, "SECRET_KEY": "bench"})
    return [("export", *exported), ("import", *imported)]


def export(url: str, count: int) -> None:
    """Write the workbook of all cases, as the page does."""
    with server.application(url).app_context(), tempfile.TemporaryFile() as stream:
        city, at = cities.City(url), clock.now()
        cases = queries.stream(CaseFilter(), city.wu, at=at)
        assert case_list.write(stream, cases, locale="zh_Hans_CN", at=at, words={}) == count
        db.session.remove()


def _watched(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """The most MB that a process held, and its seconds. A failure shows what it said."""
    # Not the kernel's own maximum: that begins with the size of the process that started it.
    begun, most = clock.now(), 0
    process = psutil.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            most = max(most, process.memory_info().rss)
        time.sleep(0.05)
    assert process.returncode == 0, command
    return most / MEGABYTE, (clock.now() - begun).total_seconds()


def _write_history(path: Path, count: int) -> None:
    """A file such as an older system gives: seven departments, forty categories, one case in five still open."""
    begun = datetime(2015, 1, 1, 8, 0)  # noqa: DTZ001 - the file's own wall clock
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["case_id", "opened_at", "target_at", "closed_at", "title", "location", "longitude", "latitude",
                         "closure_reason", "department", "reason", "type", "on_time"])  # fmt: skip
        for number in range(count):
            opened = begun + timedelta(minutes=5 * number)
            closed = "" if number % 5 == 0 else (opened + timedelta(hours=number % 90)).strftime(TIMES)
            due = opened + timedelta(hours=48)
            writer.writerow([
                f"B{number:09}", opened.strftime(TIMES), due.strftime(TIMES), closed, f"Pothole number {number}",
                f"{number % 900} Beacon St", -71.06 - (number % 100) / 5000, 42.35 + (number % 77) / 5000,
                "Case resolved", ("PWDx", "PARK", "ISD", "BTDT", "ANML", "INFO", "PROP")[number % 7],
                f"Reason {number % 8}", f"Type {number % 40}", "OVERDUE" if number % 90 > 48 else "ONTIME",
            ])  # fmt: skip


if __name__ == "__main__":
    main()
