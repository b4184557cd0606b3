"""What this room refuses."""

from engine.kit.errors import Conflict, NotAllowed, NotFound


class SignInRefused(NotAllowed):
    """The user name or the password is not right."""


class SignInLocked(SignInRefused):
    """Too many failed attempts: this account is locked for %(minutes)s more minutes."""


class NoSuchRole(NotFound):
    """There is no role %(code)s."""


class OwnPosts(NotAllowed):
    """Nobody may change his own posts."""


class DepartmentClosed(Conflict):
    """%(name)s has been merged away."""


class DepartmentLoop(Conflict):
    """A department cannot lie below itself."""


class StillServing(Conflict):
    """%(name)s still has %(count)s people: give them posts elsewhere first."""
