"""Timers among a million: what an empty poll costs, and how fast a burst drains with one worker and with two.

``python -m bench.timers [--open 1000000 --burst 20000 --disk]`` starts a PostgreSQL of its own. Steps and timers belong
to the same small drawing (a step with a timer beside it), without a case: what is compared is the process room. The
plain step rate, the burst of one worker and the burst of two are measured one after the other in the same run, in
processes that each do nothing else: on a machine that others use only their ratios mean something. Two workers can be
twice as fast only where there is a processor for each of them besides PostgreSQL's.

Afterwards every timer of a burst must have fired once, and none of the million.

Last, a worker as a city runs it, which looks every few seconds, with timers that come due one after the other at half
of the rate at which one worker drains: how late was the latest of them, in seconds and in looks?
"""

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from statistics import median

import structlog
from sqlalchemy import func, select, text

from bench import acts, server
from bench.process_steps import Follower
from engine import scheduler
from engine.kit.db import db, unit_of_work
from engine.process import definitions, execution, jobs, subjects, timers
from engine.process.models import OpenTask, OpenTimer, ProcessEvent
from engine.process.subjects import Move

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DUE = AT + timedelta(hours=4)
"""``Follower`` says so of every clock."""

NOT_BEFORE = datetime(2100, 1, 1, tzinfo=UTC)
"""The million: not due by the real clock either, by which the late ones are measured."""

KIND = "bench"
TOGETHER = 200
"""Instances that are begun in one transaction: preparing is not measured."""

DRAWING = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:cityloop="urn:cityloop:bpmn"
    id="definitions" targetNamespace="urn:cityloop:bench">
  <bpmn:process id="bench_timer" name="bench_timer" isExecutable="true">
    <bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="lane">
      <bpmn:extensionElements><cityloop:lane role="acceptor"/></bpmn:extensionElements>
      <bpmn:flowNodeRef>work</bpmn:flowNodeRef><bpmn:flowNodeRef>check</bpmn:flowNodeRef>
    </bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="begin"/>
    <bpmn:userTask id="work" name="work"><bpmn:extensionElements>
      <cityloop:task form="filing_proposal" act="acceptance" clock="handling"/></bpmn:extensionElements></bpmn:userTask>
    <bpmn:userTask id="check" name="check"><bpmn:extensionElements>
      <cityloop:task form="filing_proposal" act="acceptance" clock="handling"/></bpmn:extensionElements></bpmn:userTask>
    <bpmn:boundaryEvent id="late" attachedToRef="work" cancelActivity="true"><bpmn:extensionElements>
      <cityloop:timer clock="handling"/></bpmn:extensionElements><bpmn:timerEventDefinition/></bpmn:boundaryEvent>
    <bpmn:endEvent id="done"/>
    <bpmn:sequenceFlow id="to_work" sourceRef="begin" targetRef="work"/>
    <bpmn:sequenceFlow id="to_check" sourceRef="work" targetRef="check"/>
    <bpmn:sequenceFlow id="late_to_check" sourceRef="late" targetRef="check"/>
    <bpmn:sequenceFlow id="to_done" sourceRef="check" targetRef="done"/>
  </bpmn:process>
</bpmn:definitions>
"""
"""Done or late, the next step is the same: a completed step and a fired timer write the same rows."""


ACTS_OF_CASES = 4


@dataclass(frozen=True)
class Pace:
    """Pieces in a second, and seconds of the processes' own processor time for each."""

    rate: float
    burnt: float

    def told(self) -> str:
        """For people."""
        return f"{self.rate:.0f} a second, {self.burnt * 1000:.2f} ms of their own processor time each"


@dataclass(frozen=True)
class Lateness:
    """How long after their due moments timers fired, in seconds."""

    rate: float
    seconds: list[float]
    looks: float
    """At most, from a due moment to the beginning of the poll that fired it, in times between two polls."""

    def told(self) -> str:
        """For people."""
        poll = scheduler.ROW_WORK_EVERY.total_seconds()
        ordered = sorted(self.seconds)
        spread = f"{median(ordered):.1f} s (median), {ordered[int(len(ordered) * 0.99)]:.1f} s (99 of 100)"
        latest = f"{ordered[-1]:.1f} s, {ordered[-1] / poll:.2f} polls (the latest)"
        return (
            f"{len(ordered)} timers at {self.rate:.0f} a second, a poll every {poll:g} s: late by {spread}, {latest}\n"
            f"  each was fired by a poll that began at most {self.looks:.2f} polls after it was due (wanted: 1)"
        )


class FixedFollower(Follower):
    """Its clocks are due at the same moment whenever one asks."""

    def timer_due(self, subject_id: int, clock: str, at: datetime) -> datetime:  # noqa: ARG002
        """The minute of the burst."""
        return DUE


class SpreadFollower(Follower):
    """Its clocks are due one after the other from ``first`` on; it notes how late each timer fires."""

    def __init__(self, first: datetime, rate: float) -> None:
        self.first, self.rate, self.late = first, rate, list[tuple[float, float]]()

    def timer_due(self, subject_id: int, clock: str, at: datetime) -> datetime:  # noqa: ARG002
        """Its place in the row."""
        return self.first + timedelta(seconds=subject_id / self.rate)

    def follow(self, move: Move) -> None:
        """By how much the timer was late when it fired, and when the look began that fired it."""
        due = self.timer_due(move.subject_id, "", move.at)
        self.late.append(((datetime.now(UTC) - due).total_seconds(), (move.at - due).total_seconds()))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=1_000_000, help="timers that are not due")
    parser.add_argument("--burst", type=int, default=20_000, help="timers that are due at the same minute")
    parser.add_argument("--spread", type=int, default=90, help="seconds over which timers come due one after another")
    parser.add_argument("--disk", action="store_true", help="the data lie on the disk, not in memory")
    wanted = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with database(on_disk=wanted.disk) as url:
        fill(wanted.open)
        poll = empty_poll()
        steps = min(wanted.burst, 5_000)
        begin(steps, "steps")
        step = rate_of([url], _steps, steps)
        bursts = [drained(url, wanted.burst, workers) for workers in (1, 2)]
        late = lateness(url, bursts[0].rate / 2, wanted.spread)
        untouched = count(OpenTimer.due_at >= NOT_BEFORE)
    act = median(second for _, seconds in acts.on("postgresql", ACTS_OF_CASES).values() for second in seconds)
    share = f"{poll / act:.3f} of it (wanted: less than 0.1)"
    print(f"{wanted.open} open timers; an empty poll {poll * 1000:.2f} ms, an act by form {act * 1000:.1f} ms: {share}")
    print(f"plain steps of one process: {step.told()}")
    for workers, burst in zip((1, 2), bursts, strict=True):
        print(f"a burst of {wanted.burst} with {workers} worker(s): {burst.told()}")
        print(f"  {burst.rate / step.rate * 100:.0f} % of the plain step rate (wanted: 80 for each worker); "
              f"{step.burnt / burst.burnt * 100:.0f} % by processor time")  # fmt: skip
    machine = f"{os.cpu_count()} processors, which PostgreSQL shares; load {os.getloadavg()[0]:.1f}"
    print(f"two workers: {bursts[1].rate / bursts[0].rate:.2f} times one; {machine}")
    print(f"half of that rate: {late.told()}")
    print(f"fired by mistake: {wanted.open - untouched}")


@contextmanager
def database(*, on_disk: bool) -> Iterator[str]:
    """A PostgreSQL with its usual settings, our schema and the drawing."""
    with server.postgresql(in_memory=not on_disk) as url, server.application(url).app_context():
        db.create_all()
        subjects.register(KIND, FixedFollower())
        with unit_of_work():
            definitions.publish("bench_timer", DRAWING.encode(), by_id=None, at=AT)
        yield url
        db.session.remove()
        db.engine.dispose()


def fill(count: int) -> None:
    """Timers of a year to come, of an instance that is there. Nothing looks at them but the index."""
    move = start_one(-1)
    print(f"writing {count} open timers", flush=True)
    with unit_of_work():
        db.session.execute(
            text(
                "INSERT INTO open_timer "
                "(instance_id, subject_kind, subject_id, task_id, node, clock, due_at, attempts) "
                "SELECT :instance, :kind, number, md5(number::text), 'late', 'handling', "
                "CAST(:due AS timestamptz) + (number % 500000) * interval '1 minute', 0 "
                "FROM generate_series(1, :count) AS number"
            ),
            {"instance": move.instance_id, "kind": "nobody", "due": NOT_BEFORE, "count": count},
        )
        execution.withdraw(move.instance_id, outcome="done", by_id=None, at=AT)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def start_one(subject_id: int) -> Move:
    """One instance, committed."""
    with unit_of_work():
        return execution.start("bench_timer", subject_kind=KIND, subject_id=subject_id, facts={}, by_id=None, at=AT)


def begin(count: int, what: str) -> None:
    """So many instances, each with a step that waits and a timer beside it."""
    for first in range(0, count, TOGETHER):
        with unit_of_work():
            for number in range(first, min(first + TOGETHER, count)):
                execution.start("bench_timer", subject_kind=KIND, subject_id=number, facts={}, by_id=None, at=AT)
        print(f"\r{what}: {min(first + TOGETHER, count)} of {count} prepared", end="", flush=True)
    print()


def empty_poll() -> float:
    """Seconds of a look that finds nothing, transaction included (median)."""
    seconds = []
    for _ in range(300):
        begun = time.perf_counter()
        assert not timers.claim("bench", AT)
        seconds.append(time.perf_counter() - begun)
    return median(seconds)


def drained(url: str, burst: int, workers: int) -> Pace:
    """So many processes fire a burst; each timer once."""
    begin(burst, f"burst for {workers}")
    before = count(ProcessEvent.kind == "fired")
    pace = rate_of([url] * workers, _drain, burst)
    assert count(OpenTimer.due_at <= DUE) == 0
    assert count(ProcessEvent.kind == "fired") - before == burst
    return pace


def lateness(url: str, rate: float, seconds: int) -> Lateness:
    """A worker looks as often as in a city while ``rate`` timers a second come due, for so many seconds."""
    amount = int(rate * seconds)
    begin(amount, "spread")
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    context.Process(target=_look_often, args=(url, theirs), daemon=True).start()
    mine.recv()
    first = datetime.now(UTC) + timedelta(seconds=scheduler.ROW_WORK_EVERY.total_seconds() * 1.5)
    with unit_of_work():
        moved = "due_at = CAST(:first AS timestamptz) + subject_id / CAST(:rate AS float) * interval '1 second'"
        where = {"first": first, "rate": rate, "kind": KIND}
        db.session.execute(text(f"UPDATE open_timer SET {moved} WHERE subject_kind = :kind"), where)
    mine.send((first, rate, amount))
    late = mine.recv()
    assert len(late) == amount, f"{len(late)} of {amount}"
    poll = scheduler.ROW_WORK_EVERY.total_seconds()
    return Lateness(rate, [each for each, _ in late], max(look for _, look in late) / poll)


def _look_often(url: str, pipe: Connection) -> None:
    """The worker's process: its periodic jobs are left out, they have a thread of their own."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    app = server.application(url)
    with app.app_context():
        subjects.register(KIND, FixedFollower())
        count(OpenTimer.due_at <= AT)
        db.session.remove()
    pipe.send("ready")
    first, rate, amount = pipe.recv()
    follower = SpreadFollower(first, rate)
    subjects.register(KIND, follower)
    worker = scheduler.Worker(app.app_context, jobs=())
    worker.start()
    end = time.monotonic() + 2 * amount / rate + 30
    while len(follower.late) < amount and time.monotonic() < end:
        time.sleep(0.2)
    worker.stop()
    pipe.send(follower.late)


def rate_of(urls: Sequence[str], work: Callable[[], int], amount: int) -> Pace:
    """What processes that begin together do in a second, all of ``amount``."""
    context = multiprocessing.get_context("spawn")
    pipes = []
    for url in urls:
        mine, theirs = context.Pipe()
        context.Process(target=_in_process, args=(url, work, theirs), daemon=True).start()
        pipes.append(mine)
    for pipe in pipes:
        pipe.recv()
    begun = time.perf_counter()
    for pipe in pipes:
        pipe.send("go")
    answers = [pipe.recv() for pipe in pipes]
    seconds = time.perf_counter() - begun
    done = sum(each for each, _ in answers)
    assert done == amount, f"{done} of {amount}"
    return Pace(amount / seconds, sum(burnt for _, burnt in answers) / amount)


def _in_process(url: str, work: Callable[[], int], pipe: Connection) -> None:
    with server.application(url).app_context():
        subjects.register(KIND, FixedFollower())
        # Connected, and the drawing parsed: a worker that has just been started is not measured.
        instance_id = start_one(-1).instance_id
        with unit_of_work():
            execution.withdraw(instance_id, outcome="ready", by_id=None, at=AT)
        pipe.send("ready")
        pipe.recv()
        before = time.process_time()
        done = work()
        pipe.send((done, time.process_time() - before))
        db.session.remove()
        db.engine.dispose()


def _steps() -> int:
    ids = db.session.scalars(select(OpenTask.id).where(OpenTask.subject_kind == KIND, OpenTask.node == "work")).all()
    db.session.rollback()
    for task_id in ids:
        with unit_of_work():
            execution.complete(task_id, {"outcome": "done"}, by_id=None, at=AT)
    return len(ids)


def _drain() -> int:
    return jobs.run_due(DUE)


def count(condition: object) -> int:
    """Rows of which something holds."""
    found = db.session.scalar(select(func.count()).where(condition)) or 0  # type: ignore[arg-type]
    db.session.rollback()
    return int(found)


if __name__ == "__main__":
    main()
