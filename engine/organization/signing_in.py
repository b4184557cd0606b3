"""Signing in, and locking an account that somebody is guessing at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from engine.kit.db import db, unit_of_work
from engine.kit.signals import announce
from engine.organization import passwords
from engine.organization.errors import SignInLocked, SignInRefused
from engine.organization.models import User


@dataclass(frozen=True)
class Lockout:
    """How many failures in a row lock an account, and for how long (GB/T 22239 asks for both, without numbers)."""

    failures: int = 5
    minutes: int = 15


@dataclass(frozen=True)
class Stranger:
    """Somebody who is not signed in, by the user name that he typed."""

    name: str
    id: None = None


def sign_in(
    username: str, password: str, *, at: datetime, address: str | None = None, lockout: Lockout = Lockout()
) -> User:
    """The user with this name and password.

    A refused attempt must be remembered although it raises, so this act commits by itself.
    Raises SignInRefused (also for unknown and closed accounts, after the same time), or SignInLocked.
    """
    with unit_of_work():
        user = db.session.scalar(select(User).where(User.username == username).with_for_update())
        refusal = _attempt(user, password, at, lockout)
        if user and not refusal:
            _welcome(user, password, at, address)
        else:
            announce("session.refused", by=user or Stranger(username[:60]), at=at, address=address)
    if user is None or refusal:
        raise refusal or SignInRefused()
    return user


def sign_out(user: User, *, at: datetime, address: str | None = None) -> None:
    """End every session of this person, on every device, and note it.

    The cookie is all there is of a session: one that somebody copied would otherwise go on for hours.
    """
    end_sessions(user)
    announce("session.ended", by=user, at=at, address=address)


def end_sessions(user: User) -> None:
    """End every session of this user: those that were begun carry an older epoch."""
    user.session_epoch += 1
    db.session.flush()


def _attempt(user: User | None, password: str, at: datetime, lockout: Lockout) -> SignInRefused | None:
    # The hash is reckoned in every case, so that time tells nothing about the account.
    fits = passwords.fits(password, user.password_hash if user else None)
    if user is None:
        return SignInRefused()
    if user.locked_until and at < user.locked_until:
        return _locked(user.locked_until, at)
    if not fits or not user.is_active:
        return _count_failure(user, at, lockout)
    return None


def _count_failure(user: User, at: datetime, lockout: Lockout) -> SignInRefused:
    user.failed_sign_ins += 1
    if user.failed_sign_ins < lockout.failures:
        return SignInRefused()
    user.failed_sign_ins = 0
    user.locked_until = at + timedelta(minutes=lockout.minutes)
    announce("session.locked", by=user, at=at, object_kind="user", object_id=user.id)
    return _locked(user.locked_until, at)


def _locked(until: datetime, at: datetime) -> SignInLocked:
    return SignInLocked(minutes=-(-(until - at) // timedelta(minutes=1)))


def _welcome(user: User, password: str, at: datetime, address: str | None) -> None:
    user.failed_sign_ins, user.locked_until, user.last_sign_in_at = 0, None, at
    if passwords.is_outdated(user.password_hash or ""):
        user.password_hash = passwords.hashed(password)
    announce("session.begun", by=user, at=at, address=address)
