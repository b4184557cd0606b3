"""Reading the audit log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from engine.audit.models import AuditRecord
from engine.kit.db import db
from engine.kit.paging import COUNT_CAP, Page


@dataclass(frozen=True)
class Filter:
    """What to look for; None asks for all. ``since`` is included, ``until`` is not."""

    user_id: int | None = None
    user_name: str | None = None
    """The name as it was then."""
    action: str | None = None
    object_kind: str | None = None
    object_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def find(wanted: Filter, *, page: int = 1, size: int = 50) -> Page[AuditRecord]:
    """One page of the records that fit, newest first. Counting stops at ``COUNT_CAP``."""
    fitting = _fitting(wanted)
    total = db.session.scalar(select(func.count()).select_from(fitting.limit(COUNT_CAP + 1).subquery())) or 0
    newest = fitting.order_by(AuditRecord.at.desc(), AuditRecord.id.desc())
    rows = db.session.scalars(newest.offset((page - 1) * size).limit(size)).all()
    return Page(rows, page, size, min(total, COUNT_CAP), capped=total > COUNT_CAP)


def actions() -> list[str]:
    """Every kind of act on record, by name."""
    return list(db.session.scalars(select(AuditRecord.action).distinct().order_by(AuditRecord.action)))


def _fitting(wanted: Filter) -> Select[AuditRecord]:
    equal = {
        AuditRecord.user_id: wanted.user_id,
        AuditRecord.user_name: wanted.user_name,
        AuditRecord.action: wanted.action,
        AuditRecord.object_kind: wanted.object_kind,
        AuditRecord.object_id: wanted.object_id,
    }
    found = select(AuditRecord).where(*(column == value for column, value in equal.items() if value is not None))
    if wanted.since:
        found = found.where(AuditRecord.at >= wanted.since)
    if wanted.until:
        found = found.where(AuditRecord.at < wanted.until)
    return found
