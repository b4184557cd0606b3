"""Everything that happens by the clock, on one page. APScheduler only wakes up: time limits live in rows.

Timers and service tasks are rows that workers claim: any number of workers may share them. A periodic job holds a lock
while it runs, so that it runs once at a time; it takes the moment as an argument and is safe to run twice.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import gettempdir
from zlib import crc32

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import func, select

from engine.attachments import jobs as attachments
from engine.calendars import jobs as calendars
from engine.deadlines import jobs as deadlines
from engine.evaluation import jobs as evaluation
from engine.exports import jobs as exports
from engine.forms import jobs as forms
from engine.kit import clock
from engine.kit.config import Config
from engine.kit.db import db
from engine.notifications import jobs as notifications
from engine.process import jobs as process
from engine.studio import jobs as studio
from engine.supervision import jobs as supervision

log = structlog.get_logger("cityloop.worker")

Around = Callable[[], AbstractContextManager[object]]
"""What surrounds a piece of work: the web's application context, which gives it a database session."""


@dataclass(frozen=True)
class Job:
    """A periodic job: ``run`` takes the moment and answers how much it did."""

    name: str
    every: timedelta
    run: Callable[[datetime], int]


def _compute_months(at: datetime) -> int:
    return evaluation.compute_months(Config.from_env().time_zone, at=at)


def _mail_assessment(at: datetime) -> int:
    return notifications.mail_assessment(Config.from_env().time_zone, at=at)


OUTGOING = "outgoing"
EXPORTS = "exports"
PERIODIC = "periodic"
PUT_BACK = 1.0
"""Seconds by which a machine's clock must run backwards before everything is looked at anew."""
ROW_WORK_EVERY = timedelta(seconds=3)
MOST_LOOKS = 20
"""Without a pause in a burst: then periodic jobs have their turn."""
ROW_WORK = (supervision.run_due, deadlines.run_due, studio.run_due, notifications.address_due)
JOBS = (
    Job("reckon_clocks_again", timedelta(minutes=5), deadlines.reckon_again),
    Job("tell_missing_years", timedelta(hours=1), calendars.tell_missing_years),
    Job("purge_drafts", timedelta(hours=1), forms.purge_drafts),
    Job("forget_migrations", timedelta(hours=6), studio.forget_migrations),
    Job("sweep_files", timedelta(hours=6), attachments.sweep),
    Job("compute_months", timedelta(hours=6), _compute_months),
    Job("bundle_digests", timedelta(minutes=1), notifications.bundle_digests),
    Job("mail_assessment", timedelta(minutes=10), _mail_assessment),
    Job("purge_messages", timedelta(hours=6), notifications.purge),
    Job("purge_exports", timedelta(hours=1), exports.purge),
)


class Worker:
    """Wakes up every few seconds and does what is due, until it is told to stop."""

    def __init__(self, around: Around, *, jobs: tuple[Job, ...] = JOBS, every: timedelta = ROW_WORK_EVERY) -> None:
        self._around = around
        self._stopping = threading.Event()
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        # One piece of a kind after the other: two at once would only wait for each other's locks.
        # What leaves the building waits for other people's servers, a month's figures take minutes, and long workbooks
        # some: each has a thread of its own, so that time limits wait for none of them.
        pool = {"class": "apscheduler.executors.pool:ThreadPoolExecutor", "max_workers": "1"}
        pools = {f"apscheduler.executors.{name}": dict(pool) for name in ("default", OUTGOING, EXPORTS, PERIODIC)}
        self._scheduler = BackgroundScheduler(pools, daemon=True, job_defaults=options, timezone="UTC")
        self._every = every
        self._clock_watch = threading.Thread(target=self._watch_the_clock, daemon=True, name="clock-watch")
        self._add("row_work", every, self._row_work)
        self._add(OUTGOING, every, self._send_out, executor=OUTGOING)
        self._add(EXPORTS, every, self._make_exports, executor=EXPORTS)
        for job in jobs:
            self._add(job.name, job.every, self._periodic, job, executor=PERIODIC)

    def start(self) -> None:
        """Begin, in a thread of its own; what is due already is done at once."""
        self._scheduler.start()
        self._clock_watch.start()
        log.info("worker started", process=os.getpid())

    def stop(self) -> None:
        """Finish the piece of work that was begun, then stop."""
        self._stopping.set()
        if self._clock_watch.is_alive():
            self._clock_watch.join()
        self._scheduler.shutdown(wait=True)
        log.info("worker stopped", process=os.getpid())

    def wait(self) -> None:
        """Block until somebody calls ``stop`` or ``ask_to_stop``."""
        self._stopping.wait()

    def ask_to_stop(self) -> None:
        """Let ``wait`` return. Fit for a signal handler: it only raises a flag."""
        self._stopping.set()

    def _add(
        self, name: str, every: timedelta, run: Callable[..., None], *args: object, executor: str = "default"
    ) -> None:
        timing = {"seconds": every.total_seconds(), "next_run_time": clock.now()}
        self._scheduler.add_job(run, "interval", args, id=name, executor=executor, **timing)

    def _watch_the_clock(self) -> None:
        """APScheduler sleeps until moments of the machine's clock, and so as much longer when that is put back.

        What it shows beside the steady clock tells.
        """
        ahead = _ahead()
        while not self._stopping.wait(self._every.total_seconds()):
            before, ahead = ahead, _ahead()
            if ahead < before - PUT_BACK:
                log.warning("the machine's clock was put back", seconds=round(before - ahead))
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=clock.now())

    def _row_work(self) -> None:
        self._carefully("row_work", self._run_due)

    def _send_out(self) -> None:
        self._carefully(OUTGOING, lambda: notifications.deliver_due(clock.now(), going_on=self._goes_on))

    def _make_exports(self) -> None:
        self._carefully(EXPORTS, lambda: exports.make_due(clock.now(), going_on=self._goes_on))

    def _goes_on(self) -> bool:
        return not self._stopping.is_set()

    def _run_due(self) -> int:
        """One look; while it takes longer than it is to the next one, another at once, up to a minute's worth.

        Each has a moment of its own: leases count from it, and so does what is due.
        """
        done = 0
        for _ in range(MOST_LOOKS):
            began = time.monotonic()
            done += run_due(clock.now(), going_on=self._goes_on, burst=ROW_WORK_EVERY)
            if not self._goes_on() or time.monotonic() - began < ROW_WORK_EVERY.total_seconds():
                break
        return done

    def _periodic(self, job: Job) -> None:
        if not self._stopping.is_set():
            self._carefully(job.name, lambda: _alone(job))

    def _carefully(self, name: str, run: Callable[[], int | None]) -> None:
        """Whatever goes wrong is logged; the next time is another chance."""
        try:
            with self._around():
                done = run()
            if done:
                log.info("work done", job=name, count=done)
        except Exception:
            log.exception("work failed", job=name)


def _ahead() -> float:
    """By how many seconds the machine's clock is ahead of the one that nobody puts forward or back."""
    return clock.now().timestamp() - time.monotonic()


def run_due(at: datetime, *, going_on: Callable[[], bool] = lambda: True, burst: timedelta = timedelta.max) -> int:
    """Row work that is due at ``at``: timers, actions, ladders of late clocks, recalculations; how much was done.

    Timers and actions may take as long as ``burst``; then it is the turn of the others, though some are left.
    """
    began = time.monotonic()
    done = process.run_due(at, going_on=lambda: going_on() and time.monotonic() - began < burst.total_seconds())
    return done + sum(work(at, going_on=going_on) for work in ROW_WORK)


def run_once(at: datetime, jobs: tuple[Job, ...] = JOBS) -> dict[str, int | None]:
    """Everything that is due at ``at``, now and here: how much each job did, None where another worker was at it."""
    done = {"row_work": run_due(at)} | {job.name: _alone(job, at) for job in jobs}
    return done | {EXPORTS: exports.make_due(at), OUTGOING: notifications.deliver_due(at)}


def _alone(job: Job, at: datetime | None = None) -> int | None:
    with lock(job.name) as is_mine:
        return job.run(at or clock.now()) if is_mine else None


@contextmanager
def lock(name: str) -> Iterator[bool]:
    """Hold the lock of a periodic job; False at once where another worker holds it. It ends with its holder's life."""
    held = _advisory_lock(name) if db.engine.dialect.name == "postgresql" else _file_lock(name)
    with held as is_mine:
        yield is_mine


@contextmanager
def _advisory_lock(name: str) -> Iterator[bool]:
    """On a connection of its own, which the job's transactions do not touch."""
    key = crc32(f"cityloop.{name}".encode())
    with db.engine.connect() as connection:
        is_mine = bool(connection.scalar(select(func.pg_try_advisory_lock(key))))
        connection.commit()
        try:
            yield is_mine
        finally:
            if is_mine:
                connection.execute(select(func.pg_advisory_unlock(key)))
                connection.commit()


@contextmanager
def _file_lock(name: str) -> Iterator[bool]:
    """Beside the database; everybody who can open it is on this machine."""
    database = db.engine.url.database or str(Path(gettempdir()) / "cityloop")
    with Path(f"{database}-{name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
