"""The names that a drawing of cases may use: its check refuses any other form, act, stage, clock, role or fact."""

from sqlalchemy import select

from engine.access import seeds
from engine.access.models import Role
from engine.cases import drawn_facts, limits, list_of_acts, policy, stages, suspension
from engine.cases.models import Stage
from engine.forms import catalogue
from engine.kit.db import db
from engine.process import linting

_OTHER_CLOCKS = (stages.HANDLING, stages.REWORK, stages.ESCALATION, suspension.CLOCK)
_PLAIN = str(list_of_acts.CUSTOM.step)


def tell() -> None:
    """Tell the check of drawings what there is."""
    linting.know("form", catalogue.names)
    linting.know("act", lambda: {*filter(None, list_of_acts.KNOWN_STEPS), _PLAIN})
    linting.know("stage", lambda: {stage.value for stage in Stage})
    linting.know("clock", clock_names)
    linting.know("role", _roles)
    linting.know("plain_step", lambda: {"form": _PLAIN, "act": _PLAIN})
    linting.know("form_act", lambda: {act.name: act.step for act in list_of_acts.STEP_ACTS if act.step is not None})
    linting.know("handling", lambda: {"handling", "feedback"})
    linting.know("apart", lambda: policy.APART_FROM_HANDLING)
    linting.know("closed", lambda: {Stage.closed.value})
    drawn_facts.tell()


def clock_names() -> list[str]:
    """The clocks that a step may have, or a timer may wait for."""
    variants = {"public_acceptance", "urgent_signing"}  # the settings of clocks that have another name
    return [*(name for name in limits.STEP_MINUTES if name not in variants), *_OTHER_CLOCKS]


def _roles() -> dict[str, tuple[str, ...]]:
    """The program's own roles and those that the city made, with their names; without a database, the former alone."""
    own: dict[str, tuple[str, ...]] = {seed.code: (seed.name, seed.name_en) for seed in seeds.ROLES}
    try:
        return own | {code: tuple(filter(None, names)) for code, *names in db.session.execute(_EVERY_ROLE)}
    except RuntimeError:
        return own


_EVERY_ROLE = select(Role.code, Role.name, Role.name_en)
