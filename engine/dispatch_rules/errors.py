"""What may be wrong with rules."""

from engine.kit.errors import Conflict, NotFound


class RuleNotFound(NotFound):
    """There is no such rule."""


class RuleSuperseded(Conflict):
    """Somebody has made a newer version of this rule. Please look again."""
