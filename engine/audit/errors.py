"""What the audit log refuses."""

from engine.kit.errors import NotAllowed


class RecordIsFinal(NotAllowed):
    """An audit record cannot be changed or deleted."""
