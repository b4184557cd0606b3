"""What the wall screen of the command centre shows beside the board: the day so far, and the days before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from engine.access.actors import Actor
from engine.cases import queries
from engine.cases.models import Case
from engine.kit.db import db
from engine.supervision import queues
from engine.supervision.queues import OPEN, Moment

DAYS = 14
HAPPENS: dict[str, Any] = {"reported": Case.reported_at, "filed": Case.filed_at, "closed": Case.closed_at}


@dataclass(frozen=True)
class Day:
    """A day of the city with how many cases were reported, filed and closed in it."""

    day: date
    reported: int
    filed: int
    closed: int


def days(actor: Actor, at: datetime, zone: ZoneInfo, *, count: int = DAYS) -> list[Day]:
    """The last days, today last: one statement, which reads an index for each day."""
    today = at.astimezone(zone).date()
    wanted = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
    counts = [_counted(column, day, actor, zone) for day in wanted for column in HAPPENS.values()]
    found = [int(number) for number in db.session.execute(select(*counts)).one()]
    width = len(HAPPENS)
    return [Day(day, *found[place * width : (place + 1) * width]) for place, day in enumerate(wanted)]


def _counted(column: Any, day: date, actor: Actor, zone: ZoneInfo) -> Any:
    """How many cases had this moment on that day. No name: there are dozens of these in one statement."""
    start, end = (datetime.combine(day + timedelta(days=later), time(), zone) for later in (0, 1))
    visible = queries.visible_to(actor, one_by_one=True)
    return select(func.count()).select_from(Case).where(column >= start, column < end, visible).scalar_subquery()


def latest_overdue(actor: Actor, moment: Moment, *, most: int) -> Sequence[Case]:
    """The cases that became overdue last."""
    chosen = select(Case).where(*queues.holds("overdue", moment, actor)).order_by(Case.due_at.desc(), Case.id)
    return db.session.scalars(chosen.options(joinedload(Case.department)).limit(most)).all()


def running(actor: Actor) -> int:
    """How many cases run."""
    counted = select(func.count()).select_from(Case).where(OPEN, queries.visible_to(actor, one_by_one=True))
    return db.session.scalar(counted) or 0
