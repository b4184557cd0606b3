"""What rooms below the audit log announce is recorded here."""

from typing import Any

from engine.audit import recording
from engine.kit.signals import signals


@signals.signal("audited").connect
def record_announced(action: str, **facts: Any) -> None:
    """Append what a lower room announced (``engine.kit.signals.announce``)."""
    recording.record(action, **facts)
