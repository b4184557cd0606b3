"""Who is signed in. The cookie names the user; whether the session still counts is asked of the database each time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, Response, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from engine.access import actors
from engine.access.actors import Actor
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import NotAllowed
from engine.organization.models import User
from web.configuration import current_config

LONGEST = timedelta(hours=12)
"""However busy somebody is: after this the password is asked for again."""
TOUCH_EVERY = timedelta(seconds=30)
"""The cookie is not written anew on every single request."""


class NotSignedIn(NotAllowed):
    """Please sign in first."""


@dataclass
class SignedIn(UserMixin):
    """A user as Flask-Login keeps him: the id in the cookie carries the epoch, so ending all sessions is one number."""

    actor: Actor
    epoch: int

    def get_id(self) -> str:
        """What the cookie holds."""
        return f"{self.actor.id}:{self.epoch}"


def init_app(app: Flask) -> None:
    """Tell Flask-Login how to find a user again."""
    manager = LoginManager(app, add_context_processor=False)  # error pages must not look anybody up
    manager.session_protection = None  # collectors' phones change their address all day long
    manager.user_loader(_load)
    app.after_request(_touch)


def begin(user: User) -> None:
    """Start this user's session in a fresh cookie (nothing of an earlier one is kept)."""
    now = clock.now().timestamp()
    session.clear()
    session.permanent = True
    session["began_at"] = session["seen_at"] = now
    session["locale"] = user.locale
    login_user(SignedIn(actors.of(user), user.session_epoch))


def end() -> None:
    """Forget the session; the chosen language stays."""
    locale = session.get("locale")
    logout_user()
    session.clear()
    if locale:
        session["locale"] = locale


def actor_or_none() -> Actor | None:
    """Who is signed in, if anybody."""
    return current_user.actor if current_user.is_authenticated else None


def current_actor() -> Actor:
    """Who is signed in; raises NotSignedIn."""
    actor = actor_or_none()
    if actor is None:
        raise NotSignedIn
    return actor


def current_user_row() -> User:
    """The row of the person who is signed in, for what he changes about himself."""
    return db.session.get_one(User, current_actor().id)


def named_user_id() -> int | None:
    """Whom the signed cookie names, though the session may be over."""
    named = _named()
    return named[0] if named else None


def is_over() -> bool:
    """Did a session that this cookie names come to its end?"""
    return named_user_id() is not None and actor_or_none() is None


def _named() -> tuple[int, int] | None:
    user_id, _, epoch = str(session.get("_user_id", "")).partition(":")
    return (int(user_id), int(epoch)) if user_id.isdecimal() and epoch.isdecimal() else None


def _load(_kept: str) -> SignedIn | None:
    named = _named()
    if named is None or _is_stale(clock.now()):
        return None
    user_id, epoch = named
    found = actors.read(user_id, at=clock.now())
    if found is None or found.user.session_epoch != epoch:
        return None
    return SignedIn(actors.made_of(found), epoch)


def _is_stale(now: datetime) -> bool:
    idle = now.timestamp() - session.get("seen_at", 0)
    age = now.timestamp() - session.get("began_at", 0)
    return bool(idle > current_config().session_minutes * 60 or age > LONGEST.total_seconds())


def _touch(response: Response) -> Response:
    """Note that the user is still there. A page that only refreshes itself does not count."""
    # A browser that opens a stream of events sends no header of ours, but says what it wants.
    is_stream = "text/event-stream" in request.headers.get("Accept", "")
    is_by_itself = is_stream or "CityLoop-Background" in request.headers
    if request.endpoint == "static" or is_by_itself or "seen_at" not in session:
        return response
    now = clock.now().timestamp()
    asked = g.get("_login_user")  # nobody is looked up only for this: the database may be away
    if asked is not None and asked.is_authenticated and now - session["seen_at"] > TOUCH_EVERY.total_seconds():
        session["seen_at"] = now
    return response
