"""The supervisors' queues: running cases that stand out, each by one predicate that counts them and lists them.

A number of the board and the list behind it come from the same predicate, so that they agree.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select
from sqlalchemy.orm import joinedload

from engine.access.actors import Actor
from engine.cases import queries
from engine.cases.models import Case, TimelineEntry
from engine.kit.db import db
from engine.kit.i18n import N_
from engine.kit.paging import COUNT_CAP, Page
from engine.settings import values
from engine.settings.declarations import Setting
from engine.supervision.errors import QueueNotFound
from engine.supervision.models import KeyCase

DUE_SOON_HOURS = Setting(
    "supervision.due_soon_hours",
    int,
    4,
    N_("Hours before the due moment in which a case counts as due soon"),
    N_("Hours on the clock. On the board another number of hours can be chosen for a look."),
    least=1,
    most=240,
)
DORMANT_DAYS = Setting(
    "supervision.dormant_days",
    int,
    7,
    N_("Days without an entry after which a running case counts as dormant"),
    N_("Suspended cases are meant to rest and do not count."),
    least=1,
    most=365,
)

# Constants, not parameters: only so does PostgreSQL see that the partial indexes answer (indexes.py).
OPEN: ColumnElement[bool] = Case.ended_at.is_(None)
_RUNNING = and_(OPEN, Case.clock_state == literal_column("'running'"), Case.due_is_provisional.is_(False))
_SUSPENDED = Case.stage == literal_column("'suspended'")
KEY_IDS: Select[Any] = select(KeyCase.case_id).where(KeyCase.ended_at.is_(None))


@dataclass(frozen=True)
class Moment:
    """When one looks, and what counts as soon and as dormant then."""

    at: datetime
    hours: int
    days: int

    @classmethod
    def of(cls, at: datetime, hours: int | None = None) -> "Moment":
        """At ``at``, as the settings say; with ``hours`` instead of the setting's."""
        return cls(at, hours or values.get(DUE_SOON_HOURS), values.get(DORMANT_DAYS))


@dataclass(frozen=True)
class Queue:
    """One queue: ``holds`` says which running cases are in it, ``order`` which of them comes first.

    ``since`` is the column from which a case's age in the queue is told; None where it has none.
    """

    name: str
    label: str
    holds: Callable[[Moment], ColumnElement[bool]]
    order: tuple[Any, ...]
    since: Any = None


QUEUES: dict[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue("overdue", N_("Overdue"), lambda m: and_(_RUNNING, Case.due_at < m.at), (Case.due_at,), Case.due_at),
        Queue(
            "due_soon",
            N_("Due soon"),
            lambda m: and_(_RUNNING, Case.due_at >= m.at, Case.due_at < m.at + timedelta(hours=m.hours)),
            (Case.due_at,),
        ),
        Queue(
            "returned",
            N_("Returned twice or more"),
            lambda _: and_(OPEN, Case.return_count >= literal_column("2")),
            (Case.return_count.desc(), Case.due_at),
        ),
        Queue(
            "reworked",
            N_("Reworked"),
            lambda _: and_(OPEN, Case.rework_count >= literal_column("1")),
            (Case.rework_count.desc(), Case.due_at),
        ),
        Queue("suspended", N_("Suspended"), lambda _: and_(OPEN, _SUSPENDED), (Case.updated_at,), Case.updated_at),
        Queue(
            "dormant",
            N_("Dormant"),
            lambda m: and_(OPEN, ~_SUSPENDED, Case.updated_at < m.at - timedelta(days=m.days)),
            (Case.updated_at,),
            Case.updated_at,
        ),
        Queue("key", N_("Key cases"), lambda _: and_(OPEN, Case.id.in_(KEY_IDS)), (Case.due_at,)),
        Queue(
            "provisional",
            N_("Due in an unpublished year"),
            lambda _: and_(OPEN, Case.due_is_provisional.is_(True)),
            (Case.due_at,),
        ),
    )
}


NOBODY = 0
"""In an address: the cases that have no department, no place, nobody …"""


@dataclass(frozen=True)
class Narrowing:
    """What a queue is narrowed to; None narrows nothing, ``NOBODY`` (or "-") asks for those that have none."""

    department: int | None = None
    street: str | None = None
    grid: int | None = None
    category: int | None = None
    person: int | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """As predicates on cases."""
        columns: dict[str, Any] = {
            "department": Case.department_id,
            "street": Case.street_code,
            "grid": Case.responsibility_grid_id,
            "category": Case.category_id,
            "person": Case.handler_id,
        }
        for name, column in columns.items():
            wanted = getattr(self, name)
            if wanted is not None:
                yield column.is_(None) if wanted in (NOBODY, "-") else column == wanted


def get(name: str) -> Queue:
    """The queue of that name. Raises QueueNotFound."""
    if name not in QUEUES:
        raise QueueNotFound
    return QUEUES[name]


def holds(name: str, moment: Moment, actor: Actor, wanted: Narrowing | None = None) -> list[ColumnElement[bool]]:
    """The predicates of a queue, as far as ``actor`` may see. Raises QueueNotFound."""
    # The queue's index finds the cases, the rights only look at each of them.
    visible = queries.visible_to(actor, one_by_one=True)
    return [get(name).holds(moment), visible, *(wanted.conditions() if wanted else ())]


def find(
    name: str, actor: Actor, moment: Moment, wanted: Narrowing | None = None, *, page: int = 1, size: int = 50
) -> Page[Case]:
    """One page of a queue, what has waited longest first: two statements. Raises QueueNotFound."""
    conditions = holds(name, moment, actor, wanted)
    few = select(Case.id).where(*conditions).limit(COUNT_CAP + 1).subquery()
    counted = db.session.scalar(select(func.count()).select_from(few)) or 0
    rows = db.session.scalars(
        select(Case)
        .where(*conditions)
        .options(joinedload(Case.category), joinedload(Case.department), joinedload(Case.handler))
        .order_by(*get(name).order, Case.id)
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return Page(rows, page, size, min(counted, COUNT_CAP), capped=counted > COUNT_CAP)


def ids(name: str, actor: Actor, moment: Moment, wanted: Narrowing | None = None, *, most: int) -> list[int]:
    """The first ``most`` cases of a queue, in its order. Raises QueueNotFound."""
    chosen = select(Case.id).where(*holds(name, moment, actor, wanted)).order_by(*get(name).order, Case.id)
    return list(db.session.scalars(chosen.limit(most)))


def last_entries(case_ids: Sequence[int]) -> dict[int, TimelineEntry]:
    """The last thing that happened to each of these cases: one statement."""
    newest = select(func.max(TimelineEntry.id)).where(TimelineEntry.case_id.in_(case_ids))
    found = select(TimelineEntry).where(TimelineEntry.id.in_(newest.group_by(TimelineEntry.case_id)))
    return {entry.case_id: entry for entry in db.session.scalars(found)} if case_ids else {}
