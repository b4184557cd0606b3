"""My work: the open steps that are given or offered to a person, with their cases, most pressing first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, literal, or_, select
from sqlalchemy import case as when
from sqlalchemy.orm import aliased, joinedload

from engine.access.actors import Actor
from engine.cases import policy, search
from engine.cases.models import Case, Involvement, Stage
from engine.deadlines.facts import State
from engine.kit.db import db
from engine.kit.paging import Page
from engine.process import queries as process
from engine.process.models import OpenTask

SORTS: dict[str, tuple[Any, ...]] = {
    "due": (OpenTask.due_at.is_(None), OpenTask.due_at, OpenTask.id),
    "newest": (OpenTask.opened_at.desc(), OpenTask.id),
    "oldest": (OpenTask.opened_at, OpenTask.id),
}
LAMPS = ("red", "amber", "green", "grey", "unlit")


@dataclass(frozen=True)
class WorkFilter:
    """What my work is narrowed to. ``queue`` is the node of the drawing; ``lamp`` one of ``LAMPS``."""

    queue: str = ""
    lamp: str = ""
    text: str = ""
    category_id: int | None = None
    region_code: str = ""
    is_mine: bool = False
    """Only what is given to me by name."""


@dataclass(frozen=True)
class Queue:
    """One queue: a step of the drawing, how many cases wait in it for this person, how many of them are overdue."""

    node: str
    name: str
    act: str | None
    count: int
    overdue: int


@dataclass(frozen=True)
class Work:
    """One row of my work."""

    task: OpenTask
    case: Case


def queues(actor: Actor, *, at: datetime) -> Sequence[Queue]:
    """Counts per queue, in one statement."""
    mine = _offered(actor).with_only_columns(OpenTask.node, OpenTask.name, OpenTask.act, OpenTask.due_at).subquery()
    late = func.sum(func.coalesce(_as_number(mine.c.due_at < at), 0))
    rows = db.session.execute(
        select(mine.c.node, func.min(mine.c.name), func.min(mine.c.act), func.count(), late)
        .group_by(mine.c.node)
        .order_by(func.count().desc())
    )
    return [Queue(node, name, act, count, int(overdue or 0)) for node, name, act, count, overdue in rows]


def find(
    wanted: WorkFilter, actor: Actor, *, at: datetime, page: int = 1, size: int = 50, sort: str = "due"
) -> Page[Work]:
    """One page of my work: two statements."""
    conditions = list(_conditions(wanted, actor, at))
    base = _offered(actor).join(Case, Case.id == OpenTask.subject_id).where(*conditions)
    total = db.session.scalar(select(func.count()).select_from(base.with_only_columns(OpenTask.id).subquery()))
    rows = db.session.execute(
        base.add_columns(Case)
        .options(joinedload(Case.category), joinedload(Case.department), joinedload(Case.handler))
        .order_by(*SORTS.get(sort, SORTS["due"]))
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return Page([Work(task, case) for task, case in rows], page, size, int(total or 0))


def pressing(case_ids: Sequence[int]) -> dict[int, OpenTask]:
    """Of each of these cases the open step that is due first, where any is due at all. One statement."""
    rows = db.session.scalars(
        select(OpenTask)
        .where(OpenTask.subject_kind == "case", OpenTask.subject_id.in_(case_ids), OpenTask.due_at.is_not(None))
        .order_by(OpenTask.due_at.desc(), OpenTask.id.desc())
    )
    return {task.subject_id: task for task in rows}


def lamp_of(task: OpenTask, case: Case, at: datetime) -> str:
    """The lamp of an open step: grey while its case is suspended, unlit where it has no time limit."""
    if task.due_at is None:
        return "grey" if case.clock_state == State.paused else "unlit"
    if at > task.due_at:
        return "red"
    return "amber" if task.amber_at is not None and at >= task.amber_at else "green"


def _offered(actor: Actor) -> Select[OpenTask]:
    """What is offered, less the steps that must be in other hands than his (``policy.check_hands`` says the same)."""
    offered = or_(*(and_(process.is_offered(face), ~func.coalesce(_kept_apart(face), False)) for face in actor.faces))
    return select(OpenTask).where(OpenTask.subject_kind == "case", offered, ~func.coalesce(_rests(), False))


def _kept_apart(actor: Actor) -> ColumnElement[bool]:
    asked = or_(process.moved_by(actor.ids), _took_part(actor, literal("moved:") + cast(OpenTask.instance_id, String)))
    return or_(
        and_(OpenTask.act.in_(sorted(policy.APART_FROM_HANDLING)), or_(_took_part(actor, "handled"), _had_it(actor))),
        and_(OpenTask.act.in_(sorted(policy.steps_apart_from_acceptance())), _took_part(actor, "accepted")),
        and_(OpenTask.act.in_(sorted(policy.APART_FROM_ASKING)), asked),
    )


@cache
def _rests() -> ColumnElement[bool]:
    """Steps of handling wait unseen while their case is suspended (``policy.is_held`` says the same)."""
    resting = aliased(Case)
    suspended = exists().where(resting.id == OpenTask.subject_id, resting.stage == Stage.suspended.value)
    return and_(OpenTask.stage == Stage.handling.value, suspended)


def _took_part(actor: Actor, part: str | ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(
        Involvement.case_id == OpenTask.subject_id,
        Involvement.user_id.in_(sorted(actor.ids)),
        Involvement.part == part,
    )


def _had_it(actor: Actor) -> ColumnElement[bool]:
    """Is he its handler by name, or did he put it right himself when he reported it?"""
    mine = _same_case()
    put_right = and_(mine.is_self_handled, mine.reported_by_id.in_(sorted(actor.ids)))
    return exists().where(mine.id == OpenTask.subject_id, or_(mine.handler_id.in_(sorted(actor.ids)), put_right))


@cache
def _same_case() -> Any:
    """The case again, since the list joins it as well. Made once: every page asks how much work waits."""
    return aliased(Case)


def _conditions(wanted: WorkFilter, actor: Actor, at: datetime) -> Iterator[ColumnElement[bool]]:
    if wanted.queue:
        yield OpenTask.node == wanted.queue
    if wanted.lamp in LAMPS:
        yield _lamp_is(wanted.lamp, at)
    if wanted.is_mine:
        yield OpenTask.assignee_id.in_(sorted(actor.ids))
    if wanted.category_id is not None:
        yield Case.category_id == wanted.category_id
    if wanted.region_code:
        yield Case.region_code == wanted.region_code
    if wanted.text:
        yield search.among_few(search.matches(wanted.text))


def _lamp_is(lamp: str, at: datetime) -> ColumnElement[bool]:
    soon = and_(OpenTask.amber_at.is_not(None), OpenTask.amber_at <= at)
    return {
        "grey": and_(OpenTask.due_at.is_(None), _is_paused()),
        "unlit": and_(OpenTask.due_at.is_(None), ~_is_paused()),
        "red": OpenTask.due_at < at,
        "amber": and_(OpenTask.due_at >= at, soon),
        "green": and_(OpenTask.due_at >= at, or_(OpenTask.amber_at.is_(None), OpenTask.amber_at > at)),
    }[lamp]


def _is_paused() -> ColumnElement[bool]:
    return Case.clock_state == State.paused.value


def _as_number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return when((condition, 1), else_=0)
