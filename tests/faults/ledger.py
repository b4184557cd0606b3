"""Do all tables tell the same story of a case? What was acknowledged is there once; nothing is half there."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select, update

from engine.cases.models import Case, Stage, TimelineEntry
from engine.deadlines.models import Clock
from engine.kit.db import db
from engine.process import instances
from engine.process.models import Delivery, OpenTask, OpenTimer, OutboxMessage, ProcessEvent, ProcessInstance
from tests.errands import Errand

ROAD = ("report", "acceptance", "filing", "dispatch", "signing", "assignment", "handling", "feedback",
        "feedback_acceptance", "verification", "closure")  # fmt: skip
"""The timeline of a case that meets no resistance."""


def told(case_id: int) -> list[str]:
    """The acts of a case's timeline, in the order in which they were written."""
    return list(
        db.session.scalars(select(TimelineEntry.act).where(TimelineEntry.case_id == case_id).order_by(TimelineEntry.id))
    )


def lost_or_doubled(acknowledged: Iterable[Errand]) -> dict[tuple[int, str], int]:
    """How often the timeline tells of acts that were acknowledged, where that is not once."""
    rows = db.session.execute(
        select(TimelineEntry.case_id, TimelineEntry.act, func.count()).group_by(
            TimelineEntry.case_id, TimelineEntry.act
        )
    )
    counted = Counter({(case_id, act): count for case_id, act, count in rows.tuples()})
    return {
        (errand.case_id, errand.told): counted[errand.case_id, errand.told]
        for errand in acknowledged
        if counted[errand.case_id, errand.told] != 1
    }


def let_leases_run_out() -> None:
    """What a dead worker had claimed is free again when its lease runs out; those minutes are not waited for."""
    db.session.rollback()
    db.session.execute(update(OpenTimer).values(claimed_until=None))
    db.session.execute(update(OutboxMessage).values(claimed_until=None))
    db.session.execute(update(Clock).values(claimed_until=None))
    db.session.commit()


def contradictions(case_ids: Sequence[int]) -> list[str]:
    """Where timeline, stage, open steps, process history, clocks and the instance disagree about a case."""
    db.session.rollback()
    return [f"case {case_id}: {what}" for case_id in case_ids for what in _of_case(db.session.get_one(Case, case_id))]


def _of_case(case: Case) -> Iterable[str]:
    road = [act for act in told(case.id) if act in ROAD]
    if tuple(road) != ROAD[: len(road)]:
        yield f"its timeline goes {road}"
    tasks = db.session.scalars(select(OpenTask).where(OpenTask.subject_id == case.id)).all()
    pending = db.session.scalars(
        select(OutboxMessage.id).where(
            OutboxMessage.subject_id == case.id, OutboxMessage.state == Delivery.pending.value
        )
    ).all()
    completed = db.session.scalar(
        select(func.count())
        .select_from(ProcessEvent)
        .join(ProcessInstance, ProcessInstance.id == ProcessEvent.instance_id)
        .where(ProcessInstance.subject_id == case.id, ProcessEvent.kind == "completed")
    )
    by_people = [act for act in road if act not in {"report", "dispatch"}]
    if completed != len(by_people):
        yield f"{completed} steps were completed, {len(by_people)} are told of"
    yield from _of_what_waits(case, tasks, list(pending))


def _of_what_waits(case: Case, tasks: Sequence[OpenTask], pending: list[int]) -> Iterable[str]:
    instance = db.session.get_one(ProcessInstance, case.instance_id)
    clocks = set(db.session.scalars(select(Clock.name).where(Clock.subject_id == case.id, Clock.state != "stopped")))
    if case.stage in Stage.ended():
        if tasks or pending or clocks or instance.state is not None:
            yield f"it ended, and yet there wait {[task.node for task in tasks]} {pending} {clocks}"
        return
    if len(tasks) + len(pending) != 1:
        yield f"there wait {[task.node for task in tasks]} and {len(pending)} service tasks"
    run = instances.peek(instance.id)
    if run is None or set(run.steps()) != {task.id for task in tasks}:
        yield "the instance and its open steps disagree"
    if tasks and case.stage != tasks[0].stage:
        yield f"it is {case.stage}, its step {tasks[0].stage}"
    steps = run.steps() if run is not None else {}
    wanted = {steps[task.id].clock for task in tasks if task.id in steps} - {None, "handling"}
    if not wanted <= clocks:
        yield f"its step wants the clocks {wanted}, there run {clocks}"
