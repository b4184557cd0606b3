"""The names that a drawing of cases may use: its check refuses any other form, act, stage, clock or role."""

from sqlalchemy import select

from engine.access import seeds
from engine.access.models import Role
from engine.cases import limits, list_of_acts, stages, suspension
from engine.cases.models import Stage
from engine.forms import catalogue
from engine.kit.db import db
from engine.process import linting

_OTHER_CLOCKS = (stages.HANDLING, stages.REWORK, stages.ESCALATION, suspension.CLOCK)


def tell() -> None:
    """Tell the check of drawings what there is."""
    linting.know("form", catalogue.names)
    linting.know("act", lambda: {*filter(None, list_of_acts.KNOWN_STEPS), str(list_of_acts.CUSTOM.step)})
    linting.know("stage", lambda: {stage.value for stage in Stage})
    linting.know("clock", lambda: {*limits.STEP_MINUTES, *_OTHER_CLOCKS})
    linting.know("role", _roles)


def _roles() -> set[str]:
    """The program's own roles, and those that the city made; without a database, the former alone."""
    own = {seed.code for seed in seeds.ROLES}
    try:
        return own | set(db.session.scalars(select(Role.code)))
    except RuntimeError:
        return own
