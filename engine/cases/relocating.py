"""Moving a case to another step by hand: what that means for its department and its clocks, and when it is refused.

The token itself is moved by ``process.relocating``; whoever does that asks ``check`` first, calls ``prepare`` right
before and ``note`` after, all in one transaction that holds the case.
"""

from datetime import datetime

from engine.access.actors import Actor
from engine.access.permissions import Scope
from engine.cases import dispatching, feedback, returning, stages, timeline
from engine.cases.errors import (
    AlreadyFiled,
    CaseEnded,
    CaseSuspended,
    DecidesOnRequest,
    NoDepartmentYet,
    NotFiledYet,
)
from engine.cases.models import Case, Stage
from engine.deadlines import clocks
from engine.process.charts import Node

BEFORE_FILING = frozenset(
    {"acceptance", "confirmation", "filing", "late_filing", "receipt", "notice", "self_handling_review"}
)
AFTER_HANDLING = frozenset({"feedback_review", "verification", "closure", "call_back"})
DISPATCHING = "dispatching"


def check(case: Case, instance_id: int) -> None:
    """May tokens of this instance be moved at all? Raises CaseEnded, CaseSuspended, DecidesOnRequest."""
    if case.instance_id != instance_id:
        raise DecidesOnRequest
    if case.stage in Stage.ended():
        raise CaseEnded
    if case.stage == Stage.suspended:
        raise CaseSuspended


def check_target(case: Case, node: Node) -> None:
    """May the case go to this step? Raises AlreadyFiled, NotFiledYet, NoDepartmentYet."""
    if node.act in BEFORE_FILING and case.filed_at is not None:
        raise AlreadyFiled
    if node.act in {DISPATCHING} | AFTER_HANDLING and case.filed_at is None and not case.is_urgent:
        raise NotFiledYet
    if is_departments(node) and case.department_id is None:
        raise NoDepartmentYet


def is_departments(node: Node) -> bool:
    """Is this a step of the department that has the case?"""
    return node.lane is not None and stages.scope_of(node.lane) == Scope.department


def prepare(case: Case, node: Node, *, by: Actor, at: datetime) -> None:
    """Let the department's dispatch and clocks follow: back to it, past it, or away from it.

    Past it counts as its feedback, back to it as a feedback that was refused; back to dispatching as a granted return
    that nobody asked for. Other steps (reviews of returns, steps of one's own) leave the department as it is.
    """
    is_over = case.handled_at is not None
    if is_departments(node) and is_over:
        feedback.take_back(case, by=by, at=at)
    elif node.act in AFTER_HANDLING and case.department_id is not None and not is_over:
        dispatching.end(case, "feedback", at)
        case.handled_at = at
        _stop_handling(case, by, at)
    elif node.act == DISPATCHING and case.department_id is not None:
        returning.take_away(case, by=by, at=at)


def note(case: Case, act: str, *, by: Actor, at: datetime, reason: str, **names: str) -> None:
    """Tell it on the timeline: "token_move", "token_removal", "incident_skip", "timer_change"."""
    timeline.add(case, act, by=by, at=at, note=reason, **names)


def _stop_handling(case: Case, by: Actor, at: datetime) -> None:
    for name, clock in clocks.open_clocks(stages.KIND, case.id).items():
        if name in {stages.HANDLING, stages.REWORK}:
            clocks.stop(clock, at=at, by=by, reason="relocated")
            if name == stages.HANDLING:
                stages.copy_clock(case, clock)
