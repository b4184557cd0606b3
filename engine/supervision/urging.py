"""Urging by hand (人工催办): a supervisor reminds whoever has a case, with his reason; no clock is touched."""

from datetime import datetime

from engine.access.actors import Actor
from engine.cases import urging
from engine.cases.errors import CaseEnded
from engine.cases.models import Case
from engine.kit.errors import CityLoopError, Invalid
from engine.kit.i18n import N_
from engine.supervision import policy


def urge(case: Case, to: str, note: str, *, by: Actor, at: datetime) -> None:
    """Remind ``to`` (a role's code, or "holder") of a case. The case must be locked.

    Raises NotAllowed, CaseEnded, Invalid (field ``note``).
    """
    by = policy.supervising(by)
    if (why := refusal(case)) is not None:
        raise why
    if not note.strip():
        raise Invalid.field("note", N_("Please say what is expected of them."))
    urging.urge(case, to, at=at, by=by, note=note.strip())


def refusal(case: Case) -> CityLoopError | None:
    """Why nobody can be urged; None where somebody can."""
    return CaseEnded() if case.ended_at is not None else None
