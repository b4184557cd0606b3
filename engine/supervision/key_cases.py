"""Key cases (重点督办): what the media, leaders or danger put under special watch, from a moment until another."""

from datetime import datetime

from sqlalchemy import select

from engine.access.actors import Actor
from engine.cases import timeline
from engine.cases.models import Case
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.supervision import policy
from engine.supervision.errors import KeyAlready, NotKey
from engine.supervision.models import KeyCase


def mark(case: Case, reason: str, *, by: Actor, at: datetime) -> KeyCase:
    """Put a case under special watch. The case must be locked. Raises NotAllowed, KeyAlready, Invalid (``reason``)."""
    by = policy.supervising(by)
    if watched(case.id) is not None:
        raise KeyAlready
    if not reason.strip():
        raise Invalid.field("reason", N_("Please say why this case is watched."))
    row = KeyCase(case_id=case.id, since=at, by_id=by.id, reason=reason.strip())
    db.session.add(row)
    timeline.add(case, "key", by=by, at=at, note=row.reason)
    db.session.flush()
    return row


def release(case: Case, reason: str, *, by: Actor, at: datetime) -> None:
    """End the special watch. The case must be locked. Raises NotAllowed, NotKey, Invalid (field ``reason``)."""
    by = policy.supervising(by)
    row = watched(case.id)
    if row is None:
        raise NotKey
    if not reason.strip():
        raise Invalid.field("reason", N_("Please say why it needs no special watch any more."))
    row.ended_at = at
    timeline.add(case, "key_end", by=by, at=at, note=reason.strip())


def watched(case_id: int) -> KeyCase | None:
    """The special watch that a case is under, if it is."""
    return db.session.scalars(
        select(KeyCase).where(KeyCase.case_id == case_id, KeyCase.ended_at.is_(None))
    ).one_or_none()
