"""Versions that run: bringing an earlier one back, and suspending one, each with a reason and in the audit log."""

from datetime import datetime

from engine.audit import recording
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer
from engine.process import definitions
from engine.process.definitions import Definition
from engine.process.models import ProcessDefinition

LONGEST_REASON = 2000


def roll_back(definition_id: int, *, reason: str, by: Doer, at: datetime) -> Definition:
    """Put an earlier version in force again, in one act; running cases stay on theirs.

    Raises NotFound, Invalid (``reason``), AlreadyInForce, DrawingRefused where what it needs is gone.
    """
    said = given(reason)
    restored = definitions.restore(definition_id, reason=said, by_id=by.id, at=at)
    detail = {"version": restored.version, "restores": definition_id, "reason": said}
    recording.record("process.rolled_back", by=by, at=at, object_kind="process", object_id=restored.key, detail=detail)
    return restored


def suspend(version: ProcessDefinition, *, reason: str, by: Doer, at: datetime) -> Definition | None:
    """Let no new cases begin on a version; what they begin on instead (None: nothing, they are refused).

    Raises Invalid (``reason``), AlreadySuspended, NotFound.
    """
    said = given(reason)
    instead = definitions.suspend(version.id, reason=said, by_id=by.id, at=at)
    detail = {"version": version.version, "instead": instead.version if instead else None, "reason": said}
    recording.record("process.suspended", by=by, at=at, object_kind="process", object_id=version.key, detail=detail)
    return instead


def resume(version: ProcessDefinition, *, by: Doer, at: datetime) -> Definition | None:
    """Let new cases begin on it again; what they begin on now. Raises NotSuspended, NotFound."""
    now = definitions.resume(version.id)
    detail = {"version": version.version, "now": now.version if now else None}
    recording.record("process.resumed", by=by, at=at, object_kind="process", object_id=version.key, detail=detail)
    return now


def given(reason: str, name: str = "reason") -> str:
    """What somebody gave as a reason. Raises Invalid where it is empty or too long."""
    said = reason.strip()
    if not said:
        raise Invalid.field(name, N_("Please say why."))
    if len(said) > LONGEST_REASON:
        raise Invalid({name: [FieldError(N_("Please use at most %(count)s characters."), {"count": LONGEST_REASON})]})
    return said
