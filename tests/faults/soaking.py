"""A city at work for minutes: people act, timers fire, and all the while programs are killed and started again."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from engine.cases import reporting
from engine.cases.models import Case, Source, Stage
from engine.cases.reporting import Report
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.process.models import ProcessEvent
from tests import city as cities
from tests.errands import Guide
from tests.faults import balance, ledger
from tests.faults.crew import Crew
from tests.serving import Running, Web, Worker, running
from tests.stories import category

SIGNING = timedelta(minutes=15)
"""An urgent case's department has that long to sign; then a timer urges it."""
MOST_OPEN = 30
"""Cases that are under way at a time."""
KINDS = 4
"""Of trouble: a worker, the web, one of its processes, the database."""
LEASES_SECONDS = 180
"""By then every lease of a dead worker has run out, and its work is done by another."""


@dataclass
class Trouble:
    """Kills programs at random, and starts them again a little later; now and then the database goes away."""

    web: Web
    workers: list[Worker]
    server: Any
    rng: random.Random
    every: tuple[float, float]
    progress: Callable[[], int]
    """Acts so far: a machine that is busy with other things gets to some work between two troubles."""
    done: Counter[str] = field(default_factory=Counter)
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until ``stop``; then everything runs again."""
        kinds = [self._worker, self._worker, self._web, self._one_of_web, self._database]
        self.rng.shuffle(kinds)
        number = 0
        while not self._over.wait(self.rng.uniform(*self.every)):
            self._let_some_work_be_done()
            kinds[number % len(kinds)]()
            number += 1

    def stop(self) -> None:
        """No further trouble."""
        self._over.set()

    def _let_some_work_be_done(self, acts: int = 5, seconds: float = 30) -> None:
        enough, until = self.progress() + acts, time.monotonic() + seconds
        while self.progress() < enough and time.monotonic() < until and not self._over.is_set():
            time.sleep(0.05)

    def _worker(self) -> None:
        self._kill("worker killed", self.rng.choice(self.workers))

    def _web(self) -> None:
        self._kill("web killed", self.web)

    def _one_of_web(self) -> None:
        """One of the server's processes: its master starts another."""
        children = psutil.Process(self.web.pid).children()
        if children:
            os.kill(self.rng.choice(children).pid, signal.SIGKILL)
            self.done["web process killed"] += 1

    def _database(self) -> None:
        self.server.stop()
        time.sleep(self.rng.uniform(1, 4))
        self.server.ensure_postgres_running()
        self.done["database restarted"] += 1

    def _kill(self, what: str, program: Running) -> None:
        program.kill()
        self.done[what] += 1
        time.sleep(self.rng.uniform(0.2, 2))
        program.start()


@dataclass
class Soak:
    """What happens, and what comes of it."""

    city: cities.City
    crew: Crew
    trouble: Trouble
    tell: Callable[[str], None]
    cases: list[int] = field(default_factory=list)
    urgent: dict[int, datetime] = field(default_factory=dict)
    """Cases whose timer is due then."""
    away: int = 0
    """Times that the database was not there for those who look after the soak."""

    def __post_init__(self) -> None:
        self.crew.case_ids = self.cases

    def run(self, seconds: float, *, told_every: float = 15, enough: Callable[[], bool] = lambda: False) -> None:
        """Work for so long, or until it is enough."""
        troubling = threading.Thread(target=self.trouble.run)
        troubling.start()
        begun, told = time.monotonic(), 0.0
        try:
            while time.monotonic() - begun < seconds and not enough():
                self._patiently(self._feed)
                self._patiently(self.crew._round)
                if time.monotonic() - begun - told > told_every:
                    told = time.monotonic() - begun
                    self.tell(f"{told:.0f} of {seconds:.0f} s: {self.told()}")
        finally:
            self.trouble.stop()
            troubling.join()

    def settle(self, seconds: float = LEASES_SECONDS) -> datetime:
        """Wait until the workers have done everything that is due; the moment until when."""
        moment, until = clock.now(), time.monotonic() + seconds
        while balance.waiting(moment) and time.monotonic() < until:
            time.sleep(0.5)
        return moment

    def faults(self, at: datetime) -> list[str]:
        """What does not balance; nothing where all is well."""
        lost = ledger.lost_or_doubled(self.crew.acknowledged)
        found = [f"{what} was acknowledged and is told of {times} times" for what, times in lost.items()]
        found += ledger.contradictions(self.cases)
        fired = self._fired()
        for key, due in self.urgent.items():
            # One that has become due since ``at`` may have fired.
            if fired[key] > 1 or (due <= at and not fired[key]):
                found.append(f"the timer of case {key}, due {due}, fired {fired[key]} times")
        return found + balance.faults(at)

    def told(self) -> str:
        """Figures."""
        crew = self.crew
        troubles = ", ".join(f"{what} {times}" for what, times in sorted(self.trouble.done.items()))
        return (
            f"{len(crew.acknowledged)} acts acknowledged, {len(crew.unanswered)} unanswered, {len(crew.refused)} "
            f"refused {dict(Counter(status for _, status, _ in crew.refused))}; {len(self.cases)} cases, "
            f"{len(self.urgent)} timers set; {troubles or 'no trouble yet'}"
        )

    def _fired(self) -> Counter[int]:
        rows = (
            select(Case.id, func.count())
            .join(ProcessEvent, ProcessEvent.instance_id == Case.instance_id)
            .where(ProcessEvent.kind == "fired", ProcessEvent.node == "signing_overdue", Case.id.in_(self.urgent))
            .group_by(Case.id)
        )
        db.session.rollback()
        return Counter(dict(db.session.execute(rows).tuples().all()))

    def _patiently(self, do: Any) -> None:
        """The database may be away, and come back."""
        try:
            if not do():
                time.sleep(0.1)
        except DBAPIError:
            self.away += 1
            time.sleep(0.3)
        finally:
            db.session.remove()

    def _feed(self) -> int:
        """New reports, as old ones end; and an urgent one, whose timer is due within the next minute."""
        still_open = Case.stage.in_(sorted(Stage.open_stages()))
        under_way = db.session.scalar(select(func.count()).where(Case.id.in_(self.cases), still_open)) or 0
        db.session.rollback()
        for _ in range(min(5, MOST_OPEN - under_way)):
            self.cases.append(self._report(clock.now()))
        at = clock.now() - SIGNING + timedelta(seconds=self.trouble.rng.uniform(2, 60))
        self.urgent[self._report(at, is_urgent=True, department_id=self.city.sanitation.id)] = at + SIGNING
        return 1

    def _report(self, at: datetime, **changes: Any) -> int:
        what = {"description": "路边有暴露垃圾一处", "source": Source.leader, "point": self.city.spot}
        about = Report(category_id=category().id, **what, **changes)
        db.session.rollback()
        with unit_of_work():
            return reporting.report(about, by=self.city.chen, at=at).id


def soak(
    url: str,
    server: Any,
    folder: Path,
    *,
    seconds: float,
    seed: int,
    enough: int = 0,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Soak, list[str]]:
    """Let the city at ``url`` work for so long on a server of its own; the soak, and what does not balance.

    With ``enough`` it is over after so many acts and one trouble of each kind, and the leases of dead workers are not
    waited for. An application context is pushed.
    """
    web = Web(url, folder, processes=2, threads=4)
    workers = [Worker(url, folder, number) for number in (1, 2)]
    crew = Crew(web.port, Guide(), [])
    every = (1.0, 2.0) if enough else (4.0, 12.0)
    trouble = Trouble(web, workers, server, random.Random(seed), every, lambda: len(crew.acknowledged))
    soak = Soak(cities.City(url), crew, trouble, tell)
    db.session.rollback()
    with running(web, *workers):
        tell("everything runs")
        soak.run(seconds, enough=lambda: 0 < enough <= len(crew.acknowledged) and len(trouble.done) == KINDS)
        tell(f"work is over: {soak.told()}")
        if enough:
            ledger.let_leases_run_out()
        moment = soak.settle()
        tell("nothing that was due is left to do")
    return soak, soak.faults(moment)
