"""What the forms room refuses."""

from engine.kit.errors import Invalid, NotFound


class DraftTooLarge(Invalid):
    """This is too much text to be kept as a draft."""


class NoSuchDraft(NotFound):
    """This draft does not exist any more."""
