"""Defining a statistic, and changing it: each change is a version more, and a record in the audit log."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from engine.audit import recording
from engine.kit.db import db
from engine.kit.signals import Doer
from engine.statistics import queries
from engine.statistics.errors import StatisticChanged, StatisticRetired
from engine.statistics.layout import Layout
from engine.statistics.models import Statistic, StatisticVersion


@dataclass(frozen=True)
class Content:
    """What a version says: names in both languages, a note, the layout, and the roles that read it."""

    name: str
    name_en: str
    note: str
    layout: Layout
    roles: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain data, as versions keep it."""
        return {**asdict(self), "layout": self.layout.as_json(), "roles": list(self.roles)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Content":
        """What ``as_json`` wrote."""
        return cls(**{**data, "layout": Layout.from_json(data["layout"]), "roles": tuple(data["roles"])})


def content_of(row: Statistic) -> Content:
    """What a statistic says now."""
    return Content(row.name, row.name_en, row.note, Layout.from_json(row.layout), tuple(row.roles))


def define(content: Content, *, by: Doer, at: datetime, act: str = "statistic.defined") -> Statistic:
    """A new statistic, last in the order. Raises Invalid where its layout makes no sense."""
    content.layout.check()
    last = db.session.scalar(select(func.max(Statistic.position))) or 0
    row = Statistic(position=last + 1, version=0)
    db.session.add(row)
    _put(row, content, by, at)
    record(act, row, by, at)
    return row


def change(statistic_id: int, content: Content, *, version: int, by: Doer, at: datetime) -> Statistic:
    """The next version, made on ``version``. Saying the same again changes nothing.

    Raises Invalid, NoSuchStatistic, StatisticChanged, StatisticRetired.
    """
    row = lock(statistic_id, version=version)
    content.layout.check()
    before, after = content_of(row).as_json(), content.as_json()
    if before == after:
        return row
    _put(row, content, by, at)
    changed: Sequence[str] = [name for name in after if before[name] != after[name]]
    record("statistic.changed", row, by, at, version=row.version, changed=changed)
    return row


def copy(statistic_id: int, *, by: Doer, at: datetime) -> Statistic:
    """Another statistic like this one, last in the order, to be changed. Raises NoSuchStatistic."""
    content = content_of(queries.get(statistic_id))
    again = Content(
        f"{content.name[:55]} (2)", f"{content.name_en[:55]} (2)", content.note, content.layout, content.roles
    )
    return define(again, by=by, at=at, act="statistic.copied")


def bring_back(statistic_id: int, number: int, *, version: int, by: Doer, at: datetime) -> Statistic:
    """An earlier version once more, as the next one. Raises NoSuchStatistic, StatisticChanged, StatisticRetired."""
    content = Content.from_json(queries.version(queries.get(statistic_id), number).content)
    return change(statistic_id, content, version=version, by=by, at=at)


def lock(statistic_id: int, *, version: int) -> Statistic:
    """A statistic in use for an act. Raises NoSuchStatistic, StatisticChanged, StatisticRetired."""
    row = queries.get(statistic_id, lock=True)
    if row.version != version:
        raise StatisticChanged
    if row.retired_at is not None:
        raise StatisticRetired
    return row


def record(act: str, row: Statistic, by: Doer, at: datetime, **detail: object) -> None:
    """Write an act into the audit log."""
    recording.record(act, by=by, at=at, object_kind="statistic", object_id=row.id, detail={"name": row.name, **detail})


def _put(row: Statistic, content: Content, by: Doer, at: datetime) -> None:
    row.name, row.name_en, row.note = content.name, content.name_en, content.note
    row.layout, row.roles = content.layout.as_json(), list(content.roles)
    row.version, row.changed_at, row.changed_by_id = row.version + 1, at, by.id
    db.session.flush()
    kept = StatisticVersion(statistic_id=row.id, number=row.version, content=content.as_json(), at=at, by_id=by.id)
    db.session.add(kept)
    db.session.flush()
