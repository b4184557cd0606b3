"""Acts of administrators on running cases: skip failed work, move a token, take one off, end all, change a timer.

Each runs in the caller's transaction, holds the case before its instance as every act does, and leaves a reason: in
the audit log, and on the case's timeline for all who see the case. Permissions are asked at the door.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.access.actors import Actor
from engine.audit import recording
from engine.cases import relocating as case_rules
from engine.cases import stages, voiding
from engine.cases.errors import DecidesOnRequest
from engine.cases.models import Case, Stage
from engine.kit.db import db
from engine.kit.errors import CityLoopError, Invalid, NotFound
from engine.kit.i18n import N_
from engine.kit.signals import Doer
from engine.process import charts, incidents, relocating, retiming, subjects
from engine.process.errors import StepGone
from engine.process.models import Incident, OpenTimer, ProcessInstance
from engine.process.relocating import TAKEN_OFF, Board, Target

MOST_REASON = 1000


def retry(incident_id: int, *, reason: str = "", by: Doer, at: datetime) -> None:
    """Let the workers try it again, with three fresh attempts; ``retrying`` does so with many.

    Raises NotFound, IncidentClosed.
    """
    _held(_incident(incident_id).instance_id)
    incidents.retry(incident_id, by_id=by.id, at=at, note=reason)
    recording.record("incident.retried", by=by, at=at, object_kind="incident", object_id=incident_id,
                     detail={"reason": reason} if reason else None)  # fmt: skip


def skip(incident_id: int, *, reason: str, facts: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Go on as if the failed action had been performed with these results, or as if the timer had fired.

    Raises NotFound, IncidentClosed, NotSkippable, StepGone, FactsRefused, and what the drawing raises on the way.
    """
    reason = checked(reason)
    incident = _incident(incident_id)
    instance, case = _held(incident.instance_id)
    with stages.acting(by):
        incidents.skip(incident_id, dict(facts), by_id=by.id, at=at, note=reason)
    _told(instance, case, "incident_skip", by, at, reason, {"node": incident.node, "facts": dict(facts)})


def targets(board: Board, task_id: str, case: Case | None) -> list[Target]:
    """Where a token could be put, and why not elsewhere: the drawing has its say, and then the case."""
    return [_asked_of_case(each, case) if case is not None else each for each in board.targets(task_id)]


def move(instance_id: int, task_id: str, node: str, *, revision: int, reason: str, by: Actor, at: datetime) -> None:
    """Put a token on another node; the department's dispatch, clocks, open steps and timers follow.

    Raises NotFound, InstanceEnded, StepGone for a page that is out of date, NoSuchTarget, and the case's refusals.
    """
    reason = checked(reason)
    instance, case = _held(instance_id)
    if case is not None:
        case_rules.check(case, instance_id)
    hand = relocating.hand(instance_id, revision=revision)
    chart, old = hand.board.chart, hand.board.spot(task_id).node
    if case is not None and node in chart.nodes:
        case_rules.check_target(case, chart.nodes[node])
        case_rules.prepare(case, chart.nodes[node], by=by, at=at)
    with stages.acting(by):
        hand.move(task_id, node, reason=reason, by_id=by.id, at=at)
    if node == TAKEN_OFF:
        _told(instance, case, "token_removal", by, at, reason, {"step": old.label})
    else:
        _told(instance, case, "token_move", by, at, reason, {"node_before": old.label, "node_after": chart.label(node)})


def take_off(instance_id: int, task_id: str, *, revision: int, reason: str, by: Actor, at: datetime) -> None:
    """End one of several open branches; the others go on. Raises like ``move``."""
    move(instance_id, task_id, TAKEN_OFF, revision=revision, reason=reason, by=by, at=at)


def cancel(instance_id: int, *, revision: int, reason: str, by: Actor, at: datetime) -> None:
    """End the process of a case for good: the case is void, its clocks, open steps and timers go.

    Raises NotFound, also for what is no case; CaseEnded, DecidesOnRequest, StepGone for a page that is out of date.
    """
    reason = checked(reason)
    instance, case = _held(instance_id)
    if case is None:
        raise NotFound
    if case.instance_id != instance_id:
        raise DecidesOnRequest
    db.session.refresh(instance)
    if instance.revision != revision and case.stage not in Stage.ended():
        raise StepGone
    voiding.cancel(case, note=reason, by=by, at=at)
    recording.record("process.cancellation", by=by, at=at, object_kind="process_instance", object_id=instance_id,
                     detail={"reason": reason})  # fmt: skip


def change_timer(timer_id: int, due_at: datetime, *, reason: str, by: Actor, at: datetime) -> None:
    """Let a timer of the drawing's own duration fire at another moment.

    Raises StepGone, ClockTimer for one that follows a time limit, TimerHeld for one that an incident holds.
    """
    reason = checked(reason)
    timer = db.session.get(OpenTimer, timer_id)
    if timer is None:
        raise StepGone
    instance, case = _held(timer.instance_id)
    before = retiming.set_due(timer_id, due_at)
    names = {"due_after": due_at.isoformat()} | ({"due_before": before.isoformat()} if before else {})
    step = charts.of(instance.definition_id).label(timer.node)
    _told(instance, case, "timer_change", by, at, reason, names | {"step": step})


def checked(reason: str) -> str:
    """A reason that says something. Raises Invalid beside ``reason``."""
    reason = reason.strip()
    if not reason:
        raise Invalid.field("reason", N_("Please say why: it stays on record with the case."))
    if len(reason) > MOST_REASON:
        raise Invalid.field("reason", N_("Please say it in at most %(most)s characters."), most=MOST_REASON)
    return reason


def case_of(instance: ProcessInstance) -> Case | None:
    """The case that an instance belongs to, if it belongs to one."""
    return db.session.get(Case, instance.subject_id) if instance.subject_kind == stages.KIND else None


def _incident(incident_id: int) -> Incident:
    incident = db.session.get(Incident, incident_id)
    if incident is None:
        raise NotFound
    return incident


def _held(instance_id: int) -> tuple[ProcessInstance, Case | None]:
    """The instance, its subject locked first, as every act does."""
    instance = db.session.get(ProcessInstance, instance_id)
    if instance is None:
        raise NotFound
    if instance.subject_kind != stages.KIND:
        subjects.hold(instance.subject_kind, instance.subject_id)
        return instance, None
    locked = select(Case).where(Case.id == instance.subject_id).with_for_update()
    return instance, db.session.scalars(locked.execution_options(populate_existing=True)).one_or_none()


def _asked_of_case(target: Target, case: Case) -> Target:
    if target.why_not:
        return target
    try:
        case_rules.check_target(case, target.node)
    except CityLoopError as refusal:
        return Target(target.node, refusal.message_id, refusal.params)
    return target


def _told(
    instance: ProcessInstance, case: Case | None, act: str, by: Actor, at: datetime, reason: str, what: dict[str, Any]
) -> None:
    """On the timeline and in the audit log."""
    if case is not None:
        words = {key: value for key, value in what.items() if isinstance(value, str)}
        case_rules.note(case, act, by=by, at=at, reason=reason, **words)
    recording.record(f"process.{act}", by=by, at=at, object_kind="process_instance", object_id=instance.id,
                     detail={**what, "reason": reason})  # fmt: skip
