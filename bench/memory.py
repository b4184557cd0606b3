"""How much memory the program takes: a web process over 10,000 acts, an export and imports of 100,000 rows.

Run: ``python -m bench.memory [--acts 10000 --rows 100000] [--only acts export history complaints]``. The export and the
imports run in processes of their own, so that the most they ever held is theirs alone, and tell their size in each
tenth of their time; the acts run in this one, whose size is told every thousand acts.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
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
    """Measure what is asked for and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--export-from", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    if wanted.export_from:
        export(wanted.export_from, wanted.rows)
        return
    if "acts" in wanted.only:
        sizes = acts(wanted.acts)
        print("a web process, MB every thousand acts: " + " ".join(f"{size:.0f}" for size in sizes))
        growth = sizes[-1] - sizes[min(1, len(sizes) - 1)]
        print(
            f"  at most {max(sizes):.0f} MB (wanted: {MOST_WEB}); from the first thousand to the last: {growth:+.0f} MB"
        )
    for name in wanted.only:
        if name in LONG:
            seen = LONG[name](wanted.rows)
            print(f"{name} of {wanted.rows:,} rows: at most {max(seen.sizes):.0f} MB (wanted: {MOST_ROWS}), "
                  f"{seen.seconds:.0f} s, {seen.seconds / wanted.rows * 1000:.1f} ms a row")  # fmt: skip
            print("  MB in each tenth of its time: " + " ".join(f"{size:.0f}" for size in seen.tenths()))


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


@dataclass
class Watched:
    """The MB that a process held at equal distances, and its seconds."""

    sizes: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def tenths(self) -> list[float]:
        """The most of each tenth."""
        count = len(self.sizes)
        return [max(self.sizes[count * tenth // 10 : max(count * (tenth + 1) // 10, 1)]) for tenth in range(10)]


def export_of(count: int) -> Watched:
    """An export of ``count`` cases, on PostgreSQL."""
    with server.postgresql() as url:
        with server.application(url).app_context():
            lists.fill(count)
            db.session.remove()
            db.engine.dispose()
        return _watched([sys.executable, "-m", "bench.memory", "--export-from", url, "--rows", str(count)], {})


def history(count: int) -> Watched:
    """An import of ``count`` closed and open cases of an older system."""
    # The example's mapping, without the columns that it keeps beside those that we know.
    return _imported("import-cases", count, _write_history, "history.toml")


def complaints(count: int) -> Watched:
    """An import of ``count`` complaints, each with a process of its own."""
    return _imported("import-reports", count, _write_complaints, "complaints.toml")


def _imported(command: str, count: int, write: Callable[[Path, int], None], example: str) -> Watched:
    with tempfile.TemporaryDirectory(prefix="cityloop-bench-") as folder, server.postgresql() as url:
        with server.application(url).app_context():
            lists.fill(0)
            db.session.remove()
            db.engine.dispose()
        file = Path(folder) / "file.csv"
        write(file, count)
        mapping = file.with_suffix(".toml")
        lines = (ROOT / "docs" / "examples" / example).read_text("utf-8").splitlines()
        mapping.write_text("\n".join(line for line in lines if not line.startswith("keep")), "utf-8")
        words = [sys.executable, "-m", "flask", "--app", "wsgi", command, str(file), "--columns", str(mapping)]
        return _watched(words, {"DATABASE_URL": url, "CITYLOOP_DATA_DIR": folder, "SECRET_KEY": "bench"})


def export(url: str, count: int) -> None:
    """Write the workbook of all cases, as the page does."""
    with server.application(url).app_context(), tempfile.TemporaryFile() as stream:
        city, at = cities.City(url), clock.now()
        cases = queries.stream(CaseFilter(), city.wu, at=at)
        assert case_list.write(stream, cases, locale="zh_Hans_CN", at=at, words={}) == count
        db.session.remove()


def _watched(command: list[str], environment: dict[str, str]) -> Watched:
    """Run a command to its end. A failure shows what it said."""
    # Not the kernel's own maximum: that begins with the size of the process that started it.
    begun, seen = clock.now(), Watched()
    process = psutil.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            seen.sizes.append(process.memory_info().rss / MEGABYTE)
        time.sleep(0.05)
    assert process.returncode == 0, command
    seen.seconds = (clock.now() - begun).total_seconds()
    return seen


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


def _write_complaints(path: Path, count: int) -> None:
    """A file such as a hotline gives: some hundred characters each."""
    begun = datetime(2019, 1, 1, 8, 0)  # noqa: DTZ001 - the file's own wall clock
    body = "尊敬的领导：我们小区门口的路灯已经三个月不亮了，晚上出行很不方便，希望有关部门尽快处理。" * 4
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["message_id", "user", "subject", "submitted_at", "body"])
        for number in range(count):
            said = (begun + timedelta(minutes=number)).strftime(TIMES)
            writer.writerow([f"M{number:08}", f"市民{number % 977}", f"路灯不亮第{number}次", said, f"{body}{number}"])


LONG: dict[str, Callable[[int], Watched]] = {"export": export_of, "history": history, "complaints": complaints}
PARTS = ["acts", *LONG]


if __name__ == "__main__":
    main()
