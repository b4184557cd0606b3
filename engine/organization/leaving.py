"""A person leaves: the account closes and is never deleted, because history names it."""

from datetime import datetime

from engine.kit.db import db
from engine.kit.signals import Doer, announce, signals
from engine.organization.models import User

account_closed = signals.signal("account_closed")
"""Sent with the user: rooms above give back what he had in hand."""


def leave(user: User, *, by: Doer, at: datetime) -> None:
    """Close the account and end its sessions. Closing it twice changes nothing."""
    if not user.is_active:
        return
    user.is_active = False
    user.session_epoch += 1
    db.session.flush()
    account_closed.send(user, at=at)
    announce("user.left", by=by, at=at, object_kind="user", object_id=user.id)


def come_back(user: User, *, by: Doer, at: datetime) -> None:
    """Open a closed account again, with the posts it had."""
    if user.is_active:
        return
    user.is_active = True
    db.session.flush()
    announce("user.came_back", by=by, at=at, object_kind="user", object_id=user.id)
