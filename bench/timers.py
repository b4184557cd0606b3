"""Timers among a million: what an empty poll costs, and how fast a burst drains with one worker and with two.

``python -m bench.timers [--open 1000000 --burst 20000 --disk]`` starts a PostgreSQL of its own. Steps and timers belong
to the same small drawing (a step with a timer beside it), without a case: what is compared is the process room. The
plain step rate, the burst of one worker and the burst of two are measured one after the other in the same run, in
processes that each do nothing else: on a machine that others use only their ratios mean something. Two workers can be
twice as fast only where there is a processor for each of them besides PostgreSQL's.

Afterwards every timer of a burst must have fired once, and none of the million.
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
from engine.kit.db import db, unit_of_work
from engine.process import definitions, execution, jobs, subjects, timers
from engine.process.models import OpenTask, OpenTimer, ProcessEvent
from engine.process.subjects import Move

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DUE = AT + timedelta(hours=4)
"""``Follower`` says so of every clock."""

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


class FixedFollower(Follower):
    """Its clocks are due at the same moment whenever one asks."""

    def timer_due(self, subject_id: int, clock: str, at: datetime) -> datetime:  # noqa: ARG002
        """The minute of the burst."""
        return DUE


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=1_000_000, help="timers that are not due")
    parser.add_argument("--burst", type=int, default=20_000, help="timers that are due at the same minute")
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
        untouched = count(OpenTimer.due_at > DUE)
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
    """Timers of the coming year, of an instance that is there. Nothing looks at them but the index."""
    move = start_one(-1)
    print(f"writing {count} open timers", flush=True)
    with unit_of_work():
        db.session.execute(
            text(
                "INSERT INTO open_timer "
                "(instance_id, subject_kind, subject_id, task_id, node, clock, due_at, attempts) "
                "SELECT :instance, :kind, number, md5(number::text), 'late', 'handling', "
                "CAST(:due AS timestamptz) + (1 + number % 500000) * interval '1 minute', 0 "
                "FROM generate_series(1, :count) AS number"
            ),
            {"instance": move.instance_id, "kind": "nobody", "due": DUE, "count": count},
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
