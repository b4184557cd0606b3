"""Calendar feeds: programs read them without signing in, by a secret address that is shown once."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete, select

from engine.access.actors import Actor
from engine.access.models import Feed
from engine.kit.db import db
from engine.kit.signals import announce

BYTES = 32


def open_feed(*, is_of_department: bool, by: Actor, at: datetime) -> str:
    """Give ``by`` a feed with a new token, which is returned here and kept nowhere; an older one stops at once."""
    _forget(by)
    token = secrets.token_urlsafe(BYTES)
    db.session.add(Feed(user_id=by.id, token_hash=hashed(token), is_of_department=is_of_department, created_at=at))
    db.session.flush()
    announce("feed.opened", by=by, at=at, object_kind="user", object_id=by.id)
    return token


def close_feed(*, by: Actor, at: datetime) -> None:
    """The address of ``by`` leads nowhere any more. Closing twice changes nothing."""
    if _forget(by):
        announce("feed.closed", by=by, at=at, object_kind="user", object_id=by.id)


def of(user_id: int | None) -> Feed | None:
    """The feed of a person, if he has one."""
    return db.session.get(Feed, user_id) if user_id is not None else None


def find(token: str) -> Feed | None:
    """The feed that a token opens."""
    return db.session.scalars(select(Feed).where(Feed.token_hash == hashed(token))).one_or_none()


def hashed(token: str) -> str:
    """What is kept of a token. It is random, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def _forget(by: Actor) -> bool:
    found = db.session.execute(delete(Feed).where(Feed.user_id == by.id))
    return bool(found.rowcount)  # type: ignore[attr-defined]
