"""Announcing: one row in the transaction in which something happened. Workers find out later who is to hear it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from engine.access.permissions import Permission
from engine.cases.models import Case
from engine.kit.db import db
from engine.notifications.models import Notice


def tell(
    kind: str,
    *,
    at: datetime,
    case: Case | None = None,
    user_ids: Iterable[int | None] = (),
    groups: Iterable[str] = (),
    permission: Permission | None = None,
    except_id: int | None = None,
    is_urgent: bool = False,
    **params: Any,
) -> None:
    """Announce something of ``kind`` to people by id, by group, or by what they may do.

    It is written with the next flush: several of one act go in one statement.
    """
    named = [id for id in user_ids if id is not None]
    db.session.add(
        Notice(
            kind=kind,
            at=at,
            case_id=case.id if case else None,
            params=(about(case) if case else {}) | params,
            is_urgent=is_urgent or bool(case and case.is_urgent),
            user_ids=named,
            groups=list(groups),
            permission=permission.value if permission else None,
            except_id=except_id,
            next_at=at,
        )
    )


def about(case: Case) -> dict[str, Any]:
    """How a message names a case: its number, and its category's id until the message is written.

    Title, description and place are left out: a citizen may have typed who he is.
    """
    return {"number": case.number, "category_id": case.category_id}
