"""Walks a drawing in memory, without database or calendar; stored, pruned and read again after every step."""

from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from engine.process import codec, pruning, specs
from engine.process.running import Run
from engine.process.subjects import Step

WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OURS = "{urn:cityloop:bpmn}"


def read(name: str) -> etree._Element:
    """The drawing ``name`` as an XML tree."""
    return etree.parse(WORKFLOWS / f"{name}.bpmn").getroot()


@cache
def drawn(name: str) -> specs.Drawn:
    """The drawing ``name``, ready to run."""
    return specs.parse((WORKFLOWS / f"{name}.bpmn").read_bytes())


class Walk:
    """One case on its way through a drawing: start facts first, then ``do(node, outcome)`` for every step.

    Timers of the clocks in ``due`` fire as soon as they wait; actions are taken as done, and find nothing new.
    """

    def __init__(self, name: str, due: frozenset[str] = frozenset(), **facts: Any) -> None:
        self.drawn, self.due = drawn(name), due
        self.run = Run.new(self.drawn, facts)
        self.visited: set[str] = set()
        self._settle()

    def do(self, node: str, outcome: str, **facts: Any) -> "Walk":
        """Complete the open step ``node`` and run on until somebody has to act again."""
        assert node in self.open, f"{node} is not open, but {self.open}"
        step = next(step for step in self.steps if step.node == node)
        self.run.complete(step.task_id, {**facts, "outcome": outcome})
        self._settle()
        return self

    @property
    def steps(self) -> list[Step]:
        """The steps that wait for somebody."""
        return list(self.run.steps().values())

    @property
    def open(self) -> set[str]:
        """Nodes of the steps that wait for somebody."""
        return {step.node for step in self.steps}

    def ended_at(self, end: str) -> bool:
        """Has every token reached an end, and was ``end`` the one that means something for the case?"""
        return self.run.ended and self.run.last_end[0] == end

    def _settle(self) -> None:
        self._keep()
        while self._goes_on_alone():
            self._keep()

    def _goes_on_alone(self) -> bool:
        for key, timer in self.run.timers().items():
            if timer.clock in self.due:
                self.run.fire(*key)
                return True
        for task_id in self.run.services():
            self.run.perform(task_id, {})
            return True
        return False

    def _keep(self) -> None:
        self.visited.update(self.run.path)
        pruning.prune(self.run.workflow)
        self.run = codec.load(codec.dump(self.run), self.drawn)
