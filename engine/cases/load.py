"""What the people of departments have in hand: counts for each, and the steps and past handlings behind every count."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy import case as when
from sqlalchemy.orm import joinedload

from engine.access.permissions import Scope
from engine.calendars import queries as calendars
from engine.calendars.working_time import Unit
from engine.cases import stages
from engine.cases.models import Case, TimelineEntry
from engine.cases.round_models import Handling
from engine.cases.worklist import Work
from engine.kit.db import db
from engine.kit.paging import Page
from engine.organization.models import Post, User
from engine.process.models import OpenTask

LOOK_BACK = timedelta(days=7)
NOBODY = 0
"""Stands for the person of steps that nobody has by name."""
SHOWN = ("open", "overdue", "soon")
GIVEN_BY = ("assignment", "reassignment", "takeover")
"""Entries of the timeline with which a handler gets a case."""


@dataclass
class Load:
    """One person's load (or, with ``user`` None, what waits without anybody).

    ``done`` counts handlings of the last seven days, ``seconds`` is how much working time they took on average from
    the moment they were given; None where none was done.
    """

    user: User | None
    open: int = 0
    overdue: int = 0
    soon: int = 0
    done: int = 0
    spent: list[int] = field(default_factory=list)

    @property
    def seconds(self) -> float | None:
        """Average working time of what was done, in seconds."""
        return sum(self.spent) / len(self.spent) if self.spent else None


@dataclass(frozen=True)
class Done:
    """One past handling."""

    handling: Handling
    case: Case


def of_people(department_ids: Collection[int], *, at: datetime) -> list[Load]:
    """The load of everybody who serves in these departments, by name; first, what nobody has. Three statements."""
    found = {NOBODY: Load(None)} | {user.id: Load(user) for user in people(department_ids)}
    for user_id, open_, overdue, soon in db.session.execute(_counts(department_ids, at)):
        load = found.setdefault(user_id or NOBODY, Load(None))
        load.open, load.overdue, load.soon = open_, int(overdue or 0), int(soon or 0)
    # Somebody who moved to another department may still have a step of this one.
    _name(found)
    for user_id, given_at, handled_at in db.session.execute(_handlings(department_ids, at)):
        if (load_of := found.get(user_id or NOBODY)) is not None and user_id:
            load_of.done += 1
            if given_at is not None:
                load_of.spent.append(calendars.working().spent(given_at, handled_at, Unit.working_hours))
    return list(found.values())


def people(department_ids: Collection[int]) -> Sequence[User]:
    """The active people of these departments, by name."""
    serving = select(Post.user_id).where(Post.department_id.in_(sorted(department_ids)))
    return db.session.scalars(
        select(User).where(User.is_active, User.id.in_(serving)).order_by(User.name, User.id)
    ).all()


def steps(
    department_ids: Collection[int], person: int | None, shown: str, *, at: datetime, page: int = 1, size: int = 50
) -> Page[Work]:
    """The steps behind a count, most pressing first: of one person, of ``NOBODY``, or (None) of all. Two statements."""
    base = _open(department_ids).where(*_narrowed(person, shown, at))
    total = db.session.scalar(select(func.count()).select_from(base.with_only_columns(OpenTask.id).subquery()))
    return Page(_works(base.limit(size).offset((page - 1) * size)), page, size, int(total or 0))


def due_between(department_ids: Collection[int], begin: datetime, end: datetime, *, most: int) -> list[Work]:
    """The steps of these departments that are due in a span, the earliest first."""
    return _works(_open(department_ids).where(OpenTask.due_at >= begin, OpenTask.due_at < end).limit(most))


def done(
    department_ids: Collection[int], person: int | None, *, at: datetime, page: int = 1, size: int = 50
) -> Page[Done]:
    """What was handled in the last seven days, the newest first. Two statements."""
    base = _done(department_ids, at)
    if person is not None:
        base = base.where(Handling.handler_id == person)
    total = db.session.scalar(select(func.count()).select_from(base.with_only_columns(Handling.id).subquery()))
    rows = db.session.execute(
        base.add_columns(Case)
        .join(Case, Case.id == Handling.case_id)
        .options(joinedload(Case.category), joinedload(Case.department), joinedload(Case.handler))
        .order_by(Handling.handled_at.desc(), Handling.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page([Done(handling, case) for handling, case in rows], page, size, int(total or 0))


def _open(department_ids: Collection[int]) -> Select[OpenTask]:
    """Open steps that the departments themselves do; the centre's on their cases are not theirs."""
    return (
        select(OpenTask)
        .join(Case, Case.id == OpenTask.subject_id)
        .where(
            OpenTask.subject_kind == stages.KIND,
            OpenTask.lane.in_(sorted(stages.lanes(Scope.department))),
            Case.department_id.in_(sorted(department_ids)),
        )
    )


def _counts(department_ids: Collection[int], at: datetime) -> Select[int | None, int, int, int]:
    return (
        _open(department_ids)
        .with_only_columns(
            OpenTask.assignee_id, func.count(), func.sum(_as_number(_late(at))), func.sum(_as_number(_soon(at)))
        )
        .group_by(OpenTask.assignee_id)
    )


def _narrowed(person: int | None, shown: str, at: datetime) -> Iterable[ColumnElement[bool]]:
    if person is not None:
        yield OpenTask.assignee_id == person if person != NOBODY else OpenTask.assignee_id.is_(None)
    if shown == "overdue":
        yield _late(at)
    if shown == "soon":
        yield _soon(at)


def _late(at: datetime) -> ColumnElement[bool]:
    return OpenTask.due_at < at


def _soon(at: datetime) -> ColumnElement[bool]:
    return and_(OpenTask.due_at >= at, OpenTask.amber_at <= at)


def _as_number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return when((condition, 1), else_=0)


def _works(base: Select[OpenTask]) -> list[Work]:
    rows = db.session.execute(
        base.add_columns(Case)
        .options(joinedload(Case.category), joinedload(Case.department), joinedload(Case.handler))
        .order_by(OpenTask.due_at.is_(None), OpenTask.due_at, OpenTask.id)
    )
    return [Work(task, case) for task, case in rows]


def _done(department_ids: Collection[int], at: datetime) -> Select[Handling]:
    since = Handling.handled_at > at - LOOK_BACK
    return select(Handling).where(Handling.department_id.in_(sorted(department_ids)), since, Handling.handled_at <= at)


def _handlings(department_ids: Collection[int], at: datetime) -> Select[int | None, datetime | None, datetime]:
    """Who did each, when it was given to him, and when he was done."""
    given = (
        select(func.max(TimelineEntry.at))
        .where(TimelineEntry.case_id == Handling.case_id, TimelineEntry.act.in_(GIVEN_BY))
        .where(TimelineEntry.at <= Handling.handled_at)
        .scalar_subquery()
    )
    return _done(department_ids, at).with_only_columns(Handling.handler_id, given, Handling.handled_at)


def _name(found: dict[int, Load]) -> None:
    missing = [user_id for user_id, load in found.items() if load.user is None and user_id != NOBODY]
    if missing:
        for user in db.session.scalars(select(User).where(User.id.in_(missing))):
            found[user.id].user = user


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """Names of people by their ids; without ids nothing is asked."""
    if not user_ids:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(sorted(user_ids))))
    return dict(rows.tuples().all())
