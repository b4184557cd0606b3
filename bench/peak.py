"""The peak hour twice over: 60 acts a second for a minute from 30 users, over HTTP, all on one machine.

Run: ``python -m bench.peak [--rate 60 --seconds 60 --users 30 --processes 2]``. Gunicorn, PostgreSQL (durability on), a
worker and this load generator share the machine. Users hold real sessions, send real forms with their tokens and real
photos. Afterwards the timeline must tell of every act that was acknowledged, once. (A city of 20,000 cases a day has 28
acts a second in its busiest hour.)
"""

import argparse
import os
import queue
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlalchemy import text

from bench import server
from engine.cases import dispatching, reporting
from engine.cases.models import Case, Source
from engine.cases.reporting import Report
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from tests import city as cities
from tests.browsing import AWAY, Browser
from tests.errands import Errand, Guide, photo
from tests.faults import ledger
from tests.serving import Web, Worker, running
from tests.stories import category

LOOK_EVERY = 0.5
"""Seconds between two looks at what waits: people see what others did a little later."""


@dataclass
class Results:
    """What came of it."""

    acknowledged: list[Errand] = field(default_factory=list)
    failed: list[tuple[Errand, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    starved: int = 0
    """Moments at which nothing waited for anybody who was free."""


def main() -> None:
    """Build a city, let its people loose on it, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("rate", 60), ("seconds", 60), ("users", 30), ("processes", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="cityloop-bench-") as folder,
        server.postgresql() as url,
        server.application(url).app_context(),
    ):
        case_ids = _prepare(wanted.rate * wanted.seconds)
        web, worker = Web(url, Path(folder), processes=wanted.processes), Worker(url, Path(folder))
        with running(web, worker):
            crowd = Crowd(web.port, wanted.users, case_ids)
            before = burnt(web, worker)
            crowd.run(wanted.rate, wanted.seconds)
            spent = {name: seconds - before[name] for name, seconds in burnt(web, worker).items()}
            report(crowd.results, crowd.took, wanted, case_ids)
            acts = max(1, len(crowd.results.acknowledged))
            parts = ", ".join(f"{name} {seconds / acts * 1000:.1f}" for name, seconds in spent.items())
            load = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
            print(f"processor time of an act (ms): {parts}; {load}")
        db.session.remove()
        db.engine.dispose()


def _prepare(acts: int) -> list[int]:
    """The small city with so many reports that everybody always finds something to do."""
    db.create_all()
    cities.build()
    db.session.commit()
    city = cities.City("")
    report = Report(
        description="路边有暴露垃圾一处", source=Source.leader, point=city.spot, category_id=category().id
    )  # fmt: skip
    case_ids = []
    while len(case_ids) < acts / 5:
        with unit_of_work():
            case_ids += [reporting.report(report, by=city.chen, at=clock.now()).id for _ in range(40)]
    return case_ids


def burnt(web: Web, worker: Worker) -> dict[str, float]:
    """Seconds of processor time that each part has used so far."""
    found = {"web": _seconds_of(web.pid), "worker": _seconds_of(worker.pid), "load generator": sum(os.times()[:2])}
    row = db.session.execute(text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")).one()
    db.session.rollback()
    return found | {"PostgreSQL": _seconds_of(psutil.Process(row.pid).ppid())}


def _seconds_of(pid: int) -> float:
    process = psutil.Process(pid)
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    # A child that has ended is counted with its parent.
    return sum(one.user + one.system for one in times) + times[0].children_user + times[0].children_system


class Crowd:
    """Users, each with a browser in a thread of his own, and somebody who hands out what waits at an even pace."""

    def __init__(self, port: int, users: int, case_ids: list[int]) -> None:
        self.results, self.took = Results(), 0.0
        self._case_ids = case_ids
        self._port, self._users = port, users
        self._guide = Guide()
        self._inboxes: dict[str, list[queue.SimpleQueue[Errand | None]]] = {}
        self._given: set[str] = set()
        self._waiting: list[Errand] = []
        self._looked = 0.0

    def run(self, rate: int, seconds: int) -> None:
        """``rate`` acts a second for ``seconds``."""
        with self._people():
            begun = time.monotonic()
            for number in range(rate * seconds):
                time.sleep(max(0.0, begun + number / rate - time.monotonic()))
                if time.monotonic() - begun > seconds:
                    break
                self._hand_out()
            for inboxes in self._inboxes.values():
                for inbox in inboxes:
                    inbox.put(None)
            self.took = seconds
        self.took = time.monotonic() - begun

    @contextmanager
    def _people(self) -> Iterator[None]:
        """Sign everybody in; the busiest roles have the most people."""
        waiting = {errand.username for errand in self._guide.errands()}
        collector = self._guide.collectors[f"collector@grid:{cities.City('').grid.id}"]
        code = self._department()
        # A clerk signs, assigns and gives feedback; a duty officer files and closes.
        roles = [f"clerk.{code}", "duty.zhao", f"clerk.{code}", f"handler.{code}", collector,
                 "dispatcher.wang", f"clerk.{code}", "duty.zhao", *waiting]  # fmt: skip
        db.session.rollback()
        threads = []
        for name in (roles[index % len(roles)] for index in range(self._users)):
            inbox: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
            browser = Browser(self._port).sign_in(name)
            self._inboxes.setdefault(name, []).append(inbox)
            threads.append(threading.Thread(target=self._work, args=(browser, inbox)))
        for thread in threads:
            thread.start()
        yield
        for thread in threads:
            thread.join()

    def _department(self) -> str:
        """The one that the authority list sends all of these cases to."""
        explanation = dispatching.explain(db.session.get_one(Case, self._case_ids[0]), clock.now())
        assert explanation is not None
        assert explanation.department_id is not None
        return self._guide.codes[explanation.department_id]

    def _hand_out(self) -> None:
        if time.monotonic() - self._looked > LOOK_EVERY:
            db.session.rollback()
            self._waiting = [each for each in self._guide.errands() if each.task_id not in self._given]
            db.session.rollback()
            # The oldest step first would send everybody through the same role in waves.
            random.shuffle(self._waiting)
            self._looked = time.monotonic()
        while self._waiting:
            errand = self._waiting.pop()
            if errand.username in self._inboxes:
                self._given.add(errand.task_id)
                min(self._inboxes[errand.username], key=lambda inbox: inbox.qsize()).put(errand)
                return
        self.results.starved += 1

    def _work(self, browser: Browser, inbox: queue.SimpleQueue[Errand | None]) -> None:
        while (errand := inbox.get()) is not None:
            begun = time.perf_counter()
            try:
                answer = browser.post(errand.address, errand.values, photo=photo() if errand.needs_photo else None)
            except AWAY as error:
                self.results.failed.append((errand, type(error).__name__))
                continue
            self.results.seconds.append(time.perf_counter() - begun)
            if answer.status == 303:
                self.results.acknowledged.append(errand)
            else:
                self.results.failed.append((errand, str(answer.status)))


def report(results: Results, took: float, wanted: argparse.Namespace, case_ids: list[int]) -> None:
    """Rate, errors, times; and what the timeline says."""
    db.session.rollback()
    done = len(results.acknowledged)
    middle, late = server.median_and_95(results.seconds)
    print(f"{done} acts in {took:.1f} s: {done / took:.1f} a second (wanted: {wanted.rate}), {wanted.users} users, "
          f"{wanted.processes} web processes")  # fmt: skip
    print(f"answered in {middle:.0f} ms (median), {late:.0f} ms (95 %)")
    failed = dict(Counter(why for _, why in results.failed)) or "none"
    print(f"failed: {failed}; nothing to hand out: {results.starved} times")
    wrong = ledger.lost_or_doubled(results.acknowledged)
    print(f"in the timeline: {done - len(wrong)} of {done} acknowledged acts, once each; lost or doubled: {len(wrong)}")
    looked_at = random.sample(case_ids, min(100, len(case_ids)))
    print(f"contradictions between the tables of {len(looked_at)} cases: {len(ledger.contradictions(looked_at))}")
    counted = Counter(errand.act for errand in results.acknowledged)
    print("by act: " + ", ".join(f"{act} {count}" for act, count in counted.items()))


if __name__ == "__main__":
    main()
