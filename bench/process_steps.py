"""What a completed step costs on PostgreSQL, commit included: our process room against SpiffWorkflow's own serializer.

``python -m bench.process_steps`` starts a PostgreSQL of its own and takes less than a minute. Both sides walk the
standard case of ``workflows/`` from report to closure, and through 30 rounds of rework. Ours also keeps the rows that a
city needs (open tasks, timers, outbox, history); the other side keeps one row with the serialized instance and nothing
else. For it conditions are rewritten in Python, timers (which take their moment from our clocks) as durations, and
service tasks, which its serializer does not know, as scripts. The two take turns, so that a busy machine troubles both.

The data lie in memory where there is some: how long a disk takes to flush a commit is the same for both, and would hide
what is compared. ``--disk`` puts them on the disk.
"""

import argparse
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from statistics import median
from typing import Any

from marshmallow import Schema
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, func, insert, select, update

from bench import server
from engine.kit.config import ROOT
from engine.kit.db import db, unit_of_work
from engine.process import actions, definitions, execution, jobs, queries, subjects
from engine.process.models import ProcessInstance
from engine.process.subjects import Move, Placement, Step

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ROUNDS = 30
CASES = 20
BLOB = Table("bench_blob", MetaData(), Column("id", BigInteger, primary_key=True), Column("state", Text))

Advance = Callable[[str, str], None]


class Follower:
    """Offers each step to its lane; its clocks are due in four hours."""

    def place(self, subject_id: int, step: Step, facts: Mapping[str, Any], at: datetime) -> Placement:  # noqa: ARG002
        return Placement(group=step.lane, due_at=at + timedelta(hours=4))

    def timer_due(self, subject_id: int, clock: str, at: datetime) -> datetime:  # noqa: ARG002
        return at + timedelta(hours=4)

    def follow(self, move: Move) -> None:
        """Nothing to write: the case is not measured here."""


def drawing() -> str:
    """The standard case."""
    return (ROOT / "workflows" / "standard_case.bpmn").read_text()


def drawing_in_python() -> str:
    """The standard case as SpiffWorkflow's own parser and script engine read it."""
    condition = re.compile(r"(<bpmn:conditionExpression[^>]*>)(.*?)(</bpmn:conditionExpression>)")
    text = condition.sub(lambda m: m[1] + m[2].replace("&amp;&amp;", "and").replace("||", "or") + m[3], drawing())
    duration = '<bpmn:timeDuration>"P3D"</bpmn:timeDuration>'
    event = re.compile(r'<bpmn:timerEventDefinition( id="[^"]*")? ?/>')
    text = event.sub(rf"<bpmn:timerEventDefinition\1>{duration}</bpmn:timerEventDefinition>", text)
    script = "<bpmn:script>dispatched = True</bpmn:script></bpmn:scriptTask>"
    return text.replace("<bpmn:serviceTask", "<bpmn:scriptTask").replace("</bpmn:serviceTask>", script)


FACTS = {"entry": "report", "is_public": False, "needs_confirmation": False, "return_count": 0, "rework_count": 0,
         "region": "640104", "level": "B", "category": "0205", "no_return": False}  # fmt: skip
FILING = (("accept", "propose_filing"), ("approve_filing", "approve"))
ROUND = (("sign", "sign"), ("assign", "assign"), ("handle", "done"), ("give_feedback", "feedback"),
         ("review_feedback", "accept"), ("verify", "failed"))  # fmt: skip
CLOSING = (("approve_closure", "close"),)


class Ours:
    """A step through the process room."""

    name = "process room"

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def start(self, number: int) -> Advance:
        """Begin a case; the rest is measured."""
        with unit_of_work():
            execution.start("standard_case", subject_kind="bench", subject_id=number, facts=FACTS, by_id=None, at=AT)

        def advance(node: str, outcome: str) -> None:
            with unit_of_work():
                execution.complete(self._ids[node], {"outcome": outcome}, by_id=None, at=AT)

        return advance

    def prepare(self, number: int) -> None:
        """What a page shown before has done: workers are through, and the ids of the steps are known."""
        jobs.run_due(AT)
        self._ids = {task.node: task.id for task in queries.open_steps("bench", number)}
        db.session.commit()

    def size(self) -> int:
        """Bytes of the largest instance."""
        return _largest(ProcessInstance.state)


class Stock:
    """The same step with SpiffWorkflow's own parser, Python conditions and serializer, in one row."""

    name = "one stock blob"

    def __init__(self) -> None:
        self.serializer = BpmnWorkflowSerializer()
        parser = BpmnParser()
        parser.add_bpmn_io(BytesIO(drawing_in_python().encode()))
        self.spec = parser.get_spec("standard_case")

    def start(self, number: int) -> Advance:
        """Begin a case; the rest is measured."""
        workflow = BpmnWorkflow(self.spec)
        workflow.task_tree.data.update(FACTS)
        workflow.do_engine_steps()
        with unit_of_work():
            db.session.execute(insert(BLOB).values(id=number, state=self.serializer.serialize_json(workflow)))
        return lambda node, outcome: self._advance(number, node, {"outcome": outcome})

    def prepare(self, number: int) -> None:
        """Nothing: scripts have run within the step."""

    def size(self) -> int:
        """Bytes of the largest instance."""
        return _largest(BLOB.c.state)

    def _advance(self, number: int, node: str, facts: dict[str, Any]) -> None:
        with unit_of_work():
            row = select(BLOB.c.state).where(BLOB.c.id == number).with_for_update()
            workflow = self.serializer.deserialize_json(db.session.execute(row).scalar_one())
            task = workflow.get_next_task(state=TaskState.READY, spec_name=node)
            task.data.update(facts)
            task.run()
            workflow.do_engine_steps()
            text = self.serializer.serialize_json(workflow)
            db.session.execute(update(BLOB).where(BLOB.c.id == number).values(state=text))


def _largest(column: Any) -> int:
    stored = db.session.scalar(select(func.max(func.length(column)))) or 0
    db.session.commit()
    return int(stored)


class Case:
    """One case on one side, advanced step by step."""

    def __init__(self, side: Ours | Stock, number: int) -> None:
        self.side, self.number = side, number
        self.seconds: list[float] = []
        self._advance = side.start(number)

    def do(self, node: str, outcome: str) -> None:
        """One measured step."""
        self.side.prepare(self.number)
        began = time.perf_counter()
        self._advance(node, outcome)
        self.seconds.append(time.perf_counter() - began)


def walk(sides: Sequence[Ours | Stock], number: int) -> list[list[float]]:
    """Milliseconds of every step of a case that needs no rework, on each side."""
    cases = [Case(side, number + place * 10_000) for place, side in enumerate(sides)]
    for node, outcome in (*FILING, *ROUND[:-1], ("verify", "passed"), *CLOSING):
        for case in cases:
            case.do(node, outcome)
    return [[second * 1000 for second in case.seconds] for case in cases]


def rework(side: Ours | Stock, number: int, pairs: int) -> tuple[list[float], list[float]]:
    """Milliseconds of the steps in round 2 and in round 30; young and old cases take turns."""
    early: list[float] = []
    late: list[float] = []
    for pair in range(pairs):
        young, old = (Case(side, number + 2 * pair + place) for place in (0, 1))
        for case, rounds in ((young, 1), (old, ROUNDS - 1)):
            for node, outcome in (*FILING, *ROUND * rounds):
                case.do(node, outcome)
            case.seconds.clear()
        for node, outcome in ROUND:
            young.do(node, outcome)
            old.do(node, outcome)
        early += [second * 1000 for second in young.seconds]
        late += [second * 1000 for second in old.seconds]
    return early, late


@contextmanager
def database(*, on_disk: bool) -> Iterator[None]:
    """A PostgreSQL with its usual settings and our schema."""
    with server.postgresql(in_memory=not on_disk) as url, server.application(url).app_context():
        db.create_all()
        BLOB.metadata.create_all(db.engine)
        yield
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--disk", action="store_true")
    on_disk = parser.parse_args().disk
    with database(on_disk=on_disk):
        # In place of what the rooms have registered.
        actions.register("dispatch_by_rules", Schema, lambda *_: {"dispatched": True})
        subjects.register("bench", Follower())
        with unit_of_work():
            definitions.publish("standard_case", drawing(), by_id=None, at=AT)
        sides = (Stock(), Ours())
        walk(sides, 1)
        cases = [walk(sides, 10 + number) for number in range(CASES)]
        ordinary = [median(step for case in cases for step in case[place]) for place in (0, 1)]
        rounds = [
            [median(steps) for steps in rework(side, 1_000, pairs)] for side, pairs in zip(sides, (1, 4), strict=True)
        ]
        sizes = [side.size() for side in sides]
    print("a completed step, commit included (ms, median)  ordinary   round 2   round 30   largest state (bytes)")
    for side, usual, (early, late), size in zip(sides, ordinary, rounds, sizes, strict=True):
        print(f"  {side.name:43}  {usual:9.2f} {early:9.2f}  {late:9.2f}   {size:8}")
    ratios = [stock / ours for stock, ours in (ordinary, *zip(*rounds, strict=True))]
    print("times faster: {:.1f} ordinary, {:.1f} in round 2, {:.1f} in round 30 (wanted: at least 3)".format(*ratios))
    print(f"growth of ours from round 2 to 30: {(rounds[1][1] / rounds[1][0] - 1) * 100:+.0f} % (wanted: within 25 %)")
    print(f"largest state of ours: {sizes[1]} bytes (wanted: at most 4096)")


if __name__ == "__main__":
    main()
