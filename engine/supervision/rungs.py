"""What a rung of the ladder may be, however it is entered: on its page or in an archive."""

from collections.abc import Collection, Iterable, Iterator

from engine.calendars.working_time import Unit
from engine.cases import limits
from engine.cases.recipients import HOLDER
from engine.kit.i18n import N_
from engine.supervision.ladder import EVERY_OTHER, Rung
from engine.supervision.models import Base

MOST = 12
"""Rungs of one ladder."""
LONGEST = 400
"""Hours or days that one rung may wait."""
UNITS = (Unit.working_hours, Unit.working_days, Unit.urgent_hours, Unit.calendar_days)
STEPS = tuple(name for name in limits.STEP_MINUTES if name not in {"public_acceptance", "urgent_signing"})
"""Clocks of the centre's steps; the two left out are other time limits of clocks that are in."""
NAMES = ("handling", "rework", "reply", *STEPS, EVERY_OTHER)
NOBODY = N_("Please choose who is to hear of it.")
TOO_LONG = N_("Please give a number from 0 to %(most)s.")


def in_order(rungs: Iterable[Rung]) -> tuple[Rung, ...]:
    """Rungs as they are climbed: amber before due, the shorter wait first (a working day counts as eight hours)."""
    return tuple(sorted(rungs, key=_lateness))


def is_long(wait: float) -> bool:
    """Whether a rung cannot wait so many hours or days."""
    return not 0 <= wait <= LONGEST


def problems(rungs: Collection[Rung], roles: Collection[str]) -> Iterator[tuple[str, dict[str, int]]]:
    """Msgid and places of what is wrong with the rungs of a clock; ``roles`` are the codes that exist."""
    if len(rungs) > MOST:
        yield N_("A ladder has at most %(most)s rungs."), {"most": MOST}
    for rung in rungs:
        if rung.role not in roles and rung.role != HOLDER:
            yield NOBODY, {}
        if rung.wait is not None and is_long(rung.wait.value):
            yield TOO_LONG, {"most": LONGEST}


def _lateness(rung: Rung) -> tuple[bool, float]:
    days = {Unit.working_days: 8, Unit.calendar_days: 24}
    return rung.base is Base.due, rung.wait.value * days.get(rung.wait.unit, 1) if rung.wait else 0.0
