"""Passwords: how good they must be, how they are kept, how they are checked."""

from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer, announce
from engine.organization.models import User

MIN_LENGTH = 10
MIN_KINDS = 3
"""Kinds of characters out of four. GB/T 22239 (等级保护) asks for complexity without a number; three is customary."""

# OWASP's smallest recommended cost for argon2id: 19 MiB, two rounds, one lane. About 20 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def weakness(password: str, *, username: str = "") -> str | None:
    """Why ``password`` is not good enough, as an English sentence; None when it is."""
    if len(password) < MIN_LENGTH:
        return N_("A password needs at least 10 characters.")
    if _kinds(password) < MIN_KINDS:
        return N_("A password needs three of these: capital letters, small letters, digits, other characters.")
    if username and username.lower() in password.lower():
        return N_("A password must not contain the user name.")
    return None


def hashed(password: str) -> str:
    """The argon2id hash that is stored."""
    return _hasher.hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Is this the password? Takes as long where there is no hash, so that nobody learns which user names exist."""
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Was it hashed at another cost than today's?"""
    return _hasher.check_needs_rehash(stored)


def change(user: User, old: str, new: str, *, at: datetime) -> None:
    """A person changes his own password; his other sessions end.

    Raises Invalid for field ``old`` or ``new``.
    """
    if not fits(old, user.password_hash):
        raise Invalid.field("old", N_("This is not your present password."))
    _set(user, new, field="new")
    announce("user.password_changed", by=user, at=at, object_kind="user", object_id=user.id)


def reset(user: User, new: str, *, by: Doer, at: datetime) -> None:
    """An administrator sets a new password, unlocks the account, and ends its sessions.

    Raises Invalid for field ``password``.
    """
    _set(user, new, field="password")
    user.failed_sign_ins, user.locked_until = 0, None
    announce("user.password_reset", by=by, at=at, object_kind="user", object_id=user.id)


def checked(password: str, *, username: str, field: str = "password") -> str:
    """The hash of a password that is good enough; otherwise raises Invalid for ``field``."""
    reason = weakness(password, username=username)
    if reason:
        raise Invalid.field(field, reason)
    return hashed(password)


def _set(user: User, new: str, *, field: str) -> None:
    user.password_hash = checked(new, username=user.username, field=field)
    user.session_epoch += 1
    db.session.flush()


def _kinds(password: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit, lambda character: not character.isalnum())
    return sum(any(test(character) for character in password) for test in tests)


@cache
def _nobody() -> str:
    return hashed("nobody has this password")
