"""Reading statistics: those that a reader may open, and all of them for who defines them."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from engine.access.actors import Actor
from engine.kit.db import db
from engine.statistics.errors import NoSuchStatistic
from engine.statistics.models import Statistic, StatisticVersion


def readable_by(actor: Actor) -> list[Statistic]:
    """The statistics in use that are meant for this reader, in their order."""
    found = select(Statistic).where(Statistic.retired_at.is_(None)).order_by(Statistic.position, Statistic.id)
    return [one for one in db.session.scalars(found) if is_for(one, actor)]


def read(statistic_id: int, actor: Actor) -> Statistic:
    """One that this reader may open. Raises NoSuchStatistic."""
    found = db.session.get(Statistic, statistic_id)
    if found is None or found.retired_at is not None or not is_for(found, actor):
        raise NoSuchStatistic
    return found


def is_for(statistic: Statistic, actor: Actor) -> bool:
    """Is it meant for one of the roles that the reader acts in?"""
    held = {role for face in actor.faces for role in face.roles}
    return not statistic.roles or bool(held & set(statistic.roles))


def everything() -> Sequence[Statistic]:
    """Every statistic in its order, retired ones last."""
    found = select(Statistic).options(joinedload(Statistic.changed_by))
    order = (Statistic.retired_at.is_not(None), Statistic.position, Statistic.id)
    return db.session.scalars(found.order_by(*order)).all()


def get(statistic_id: int, *, lock: bool = False) -> Statistic:
    """One of them, retired or not. Raises NoSuchStatistic."""
    found = db.session.get(Statistic, statistic_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise NoSuchStatistic
    return found


def versions(statistic: Statistic) -> Sequence[StatisticVersion]:
    """Every version, the newest first."""
    found = select(StatisticVersion).where(StatisticVersion.statistic_id == statistic.id)
    return db.session.scalars(
        found.options(joinedload(StatisticVersion.by)).order_by(StatisticVersion.number.desc())
    ).all()


def version(statistic: Statistic, number: int) -> StatisticVersion:
    """One version. Raises NoSuchStatistic."""
    found = db.session.scalars(
        select(StatisticVersion).where(StatisticVersion.statistic_id == statistic.id, StatisticVersion.number == number)
    ).one_or_none()
    if found is None:
        raise NoSuchStatistic
    return found


def counts() -> tuple[int, int]:
    """How many are in use, and how many are retired: one statement."""
    retired = func.count(Statistic.retired_at)
    used, gone = db.session.execute(select(func.count() - retired, retired).select_from(Statistic)).one()
    return used, gone
