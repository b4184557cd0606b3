"""Who is told when a step opens, besides those whom it is given to by name: what a drawing chooses from a list.

A drawing names them with blanks between: ``notify="role department_head"``.
"""

from collections.abc import Iterator

from engine.access import actors
from engine.cases.models import Case
from engine.kit.i18n import N_
from engine.process.subjects import Step

PROPERTY = "notify"
"""What a step calls it in its drawing."""
ROLE, HEAD, SUPERVISORS = "role", "department_head", "supervisor"
AUDIENCES = {
    ROLE: N_("the people of this role"),
    HEAD: N_("the head of the department that has the case"),
    SUPERVISORS: N_("the supervisors"),
}
"""What a drawing may choose, each with what it is called: msgids."""
ONLY_ROLE = "yes"
"""What drawings said before there was a list: the people of the role."""

WORDS = AUDIENCES | {ONLY_ROLE: AUDIENCES[ROLE]}
"""Every name that a drawing may give, old ones too."""


def chosen(step: Step) -> set[str]:
    """Which of the audiences a step's drawing asks for."""
    return {ROLE if name == ONLY_ROLE else name for name in step.properties.get(PROPERTY, "").split()}


def tells_role(step: Step) -> bool:
    """Whether everybody in the step's role is told."""
    return ROLE in chosen(step)


def others(case: Case, step: Step) -> Iterator[str]:
    """The groups that are told besides the step's own; no department's head before a department has the case."""
    asked = chosen(step)
    if HEAD in asked and case.department_id is not None:
        yield actors.group(HEAD, department_id=case.department_id)
    if SUPERVISORS in asked:
        yield actors.group(SUPERVISORS)
