"""Writing the audit log."""

from datetime import datetime
from typing import Any

from engine.audit.models import AuditRecord
from engine.kit.db import db
from engine.kit.signals import Doer


def record(
    action: str,
    *,
    by: Doer,
    at: datetime,
    object_kind: str | None = None,
    object_id: int | str | None = None,
    detail: dict[str, Any] | None = None,
    address: str | None = None,
) -> AuditRecord:
    """Append one record in the running transaction: an act that is rolled back leaves none.

    ``detail`` is small JSON: what was before and what is now. Never passwords, never a reporter's personal data.
    """
    row = AuditRecord(
        at=at,
        user_id=by.id,
        user_name=by.name,
        action=action,
        object_kind=object_kind,
        object_id=None if object_id is None else str(object_id),
        detail=detail or {},
        address=address,
    )
    db.session.add(row)
    db.session.flush()
    return row
