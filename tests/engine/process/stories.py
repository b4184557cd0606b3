"""What the tests of the process room share: a follower that keeps what it hears, and drawings to run."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields

from engine.kit.db import db, unit_of_work
from engine.process import actions, definitions, execution, queries, subjects
from engine.process.models import OpenTask
from engine.process.subjects import Move, Placement, Step
from tests.city import at

DRAWINGS = Path(__file__).parent / "drawings"
MONDAY = at("2026-03-02 09:00")
FACTS = {"rounds": 0, "urgent": False}


class Notebook:
    """A follower: places every step with its lane's group, says when a clock is due, and keeps the moves."""

    def __init__(self) -> None:
        self.moves: list[Move] = []
        self.dues: dict[str, datetime | None] = {"handling": MONDAY + timedelta(hours=8)}

    def place(self, subject_id: int, step: Step, facts: Mapping[str, Any], at: datetime) -> Placement:
        return Placement(group=step.lane, due_at=self.dues.get(step.clock or ""))

    def timer_due(self, subject_id: int, clock: str, at: datetime) -> datetime | None:
        return self.dues.get(clock)

    def follow(self, move: Move) -> None:
        self.moves.append(move)


class Urged(Schema):
    to = fields.String(load_default="clerk")


class Office:
    """The actions of the drawings; ``broken`` makes them fail."""

    def __init__(self) -> None:
        self.broken = False
        self.performed: list[tuple[str, int, dict[str, Any]]] = []

    def find(self, subject_id: int, params: dict[str, Any], facts: dict[str, Any], at: datetime) -> dict[str, Any]:
        self._note("find", subject_id, params)
        return {"found": True}

    def urge(self, subject_id: int, params: dict[str, Any], facts: dict[str, Any], at: datetime) -> None:
        self._note("urge", subject_id, params)

    def _note(self, name: str, subject_id: int, params: dict[str, Any]) -> None:
        if self.broken:
            raise RuntimeError("the line is dead")
        self.performed.append((name, subject_id, params))


def set_up() -> tuple[Notebook, Office]:
    """Register the follower of "errand" and the actions, and publish every drawing of the folder."""
    notebook, office = Notebook(), Office()
    subjects.register("errand", notebook)
    actions.register("find_department", Schema.from_dict({}), office.find)
    actions.register("urge", Urged, office.urge)
    with unit_of_work():
        definitions.ensure_published(DRAWINGS, MONDAY)
    return notebook, office


def begin(key: str = "repair", subject_id: int = 1, moment: datetime = MONDAY, **facts: Any) -> Move:
    with unit_of_work():
        return execution.start(
            key, subject_kind="errand", subject_id=subject_id, facts=FACTS | facts, by_id=None, at=moment
        )


def step(subject_id: int = 1, node: str | None = None) -> OpenTask:
    found = [each for each in queries.open_steps("errand", subject_id) if node in (None, each.node)]
    assert len(found) == 1, [each.node for each in found]
    # Let go of it: reading an attribute later would open a transaction that sees the past.
    db.session.expunge_all()
    db.session.commit()
    return found[0]


def nodes(subject_id: int = 1) -> list[str]:
    found = sorted(each.node for each in queries.open_steps("errand", subject_id))
    db.session.commit()
    return found


def do(outcome: str, subject_id: int = 1, node: str | None = None, moment: datetime = MONDAY, **facts: Any) -> Move:
    task_id = step(subject_id, node).id
    with unit_of_work():
        return execution.complete(task_id, {"outcome": outcome} | facts, by_id=None, at=moment)
