"""What may be wrong with rules."""

from engine.kit.errors import Conflict, NotFound


class RuleNotFound(NotFound):
    """There is no such rule."""


class RuleSuperseded(Conflict):
    """Somebody has made a newer version of this rule. Please look again."""


class OwnershipNotFound(NotFound):
    """There is no such confirmed ownership."""


class OwnershipHeld(Conflict):
    """Ownership of this is confirmed already. End that one first, with a reason."""


class OwnershipEnded(Conflict):
    """Somebody has ended this confirmed ownership already."""
