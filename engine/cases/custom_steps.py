"""Steps that an administrator drew and no code knows: a form, a list of outcomes, and on."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import steps, timeline
from engine.cases.models import Case
from engine.process.models import OpenTask


def complete(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Finish such a step: what was filled in becomes facts that the gateways behind it may read."""
    facts = {name: value for name, value in values.items() if isinstance(value, str | int | float | bool)}
    outcome = facts.pop("outcome", "done")
    note = facts.pop("note", "")
    steps.finish(task, str(outcome), by=by, at=at, answers=facts)
    timeline.add(case, "step", by=by, at=at, note=str(note), step=task.name, outcome=str(outcome))
