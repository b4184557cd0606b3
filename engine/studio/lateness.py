"""Which steps were late: by the moment that was kept when each was done, and by what became of that moment since.

Only a provisional moment can change afterwards: the clock reckons it again when its year is published, and until then
nobody is late by it. What was late by a moment that was settled stays late (process.md §5.4). Nothing is written down.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from engine.deadlines.facts import Action
from engine.deadlines.models import Clock, ClockFact
from engine.kit.db import db
from engine.process.instances import INSTANCE


@dataclass(frozen=True)
class Due:
    """A step that had a due moment: of which instance, at which node, due when, and done when."""

    instance_id: int
    node: str
    due_at: datetime
    done_at: datetime

    @property
    def late_seconds(self) -> float:
        """By how much it was late, as its due moment stood; 0 where it was in time. Dues are whole seconds."""
        return max((self.done_at.replace(microsecond=0) - self.due_at).total_seconds(), 0.0)


def judged(steps: Iterable[Due]) -> list[Due]:
    """Those of which it can be said whether they were late, each with the due moment that holds. At most one statement.

    Left out are those that a provisional moment alone would make late.
    """
    steps = list(steps)
    facts = _provisional({step.instance_id for step in steps if step.late_seconds})
    settled = ((step, _settled(step.due_at, facts.get(step.instance_id, ()))) for step in steps)
    return [Due(step.instance_id, step.node, due, step.done_at) for step, due in settled if due is not None]


def _settled(due: datetime, facts: Sequence[Any]) -> datetime | None:
    """What became of a due moment; None while it is provisional."""
    provisional = {fact.due_after for fact in facts if fact.is_provisional}
    for fact in facts:
        if fact.action == Action.reckon and fact.due_before == due and due in provisional:
            due = fact.due_after
            provisional -= set() if fact.is_provisional else {due}
    return None if due in provisional else due


def _provisional(instance_ids: Collection[int]) -> Mapping[int, Sequence[Any]]:
    """The facts of their clocks that gave a provisional moment, or reckoned one again; by instance, in order."""
    found: dict[int, list[Any]] = defaultdict(list)
    if not instance_ids:
        return found
    of_subject = (Clock.subject_kind == INSTANCE.c.subject_kind) & (Clock.subject_id == INSTANCE.c.subject_id)
    chosen = (
        select(INSTANCE.c.id, ClockFact.action, ClockFact.due_before, ClockFact.due_after, ClockFact.is_provisional)
        .join(Clock, of_subject)
        .join(ClockFact, ClockFact.clock_id == Clock.id)
        .where(INSTANCE.c.id.in_(instance_ids), or_(ClockFact.is_provisional, ClockFact.action == Action.reckon.value))
    )
    for fact in db.session.execute(chosen.order_by(ClockFact.clock_id, ClockFact.seq)):
        found[fact.id].append(fact)
    return found
