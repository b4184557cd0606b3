"""Which drawings use a form, and what they would miss if it were changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from engine.cases import drawn_facts, list_of_acts
from engine.forms.catalogue import Form
from engine.kit.db import db
from engine.process import linting, parser, xml
from engine.process.finding import Finding
from engine.process.models import DefinitionState, OpenTask, ProcessDefinition, ProcessInstance
from engine.studio import drafting


@dataclass(frozen=True)
class Use:
    """A drawing whose steps use a form. ``version`` is None for a draft, which nothing runs on."""

    key: str
    name: str
    version: int | None
    xml: str

    @property
    def is_in_use(self) -> bool:
        """Do cases begin on it, or run on it?"""
        return self.version is not None


@dataclass(frozen=True)
class Loss:
    """What a drawing would miss."""

    use: Use
    finding: Finding


def uses(form: str) -> list[Use]:
    """Drawings in force, under way or being drawn whose steps use the form."""
    return [one for one in _drawings() if _names(one.xml, form)]


def open_steps(form: str) -> int:
    """How many steps show the form now: they keep the version that they opened with."""
    acts = [act.step for act in list_of_acts.STEP_ACTS if act.name == form]
    is_own = (OpenTask.act == list_of_acts.CUSTOM.step) & (OpenTask.form == form)
    return db.session.scalar(select(func.count(OpenTask.id)).where(OpenTask.act.in_(acts) | is_own)) or 0


def lost(key: str, form: Form) -> list[Loss]:
    """What these drawings would miss if ``form`` came into force: what the check finds then, and does not find now."""
    return [Loss(use, finding) for use in uses(key) for finding in _new_findings(use.xml, {key: form})]


def _new_findings(source: str, forms: dict[str, Form]) -> list[Finding]:
    before = linting.findings(source, rehearse=False)
    with drawn_facts.supposing(forms):
        return [one for one in linting.findings(source, rehearse=False) if one not in before]


def _drawings() -> Iterator[Use]:
    runs = select(ProcessInstance.definition_id).where(ProcessInstance.ended_at.is_(None))
    is_used = or_(ProcessDefinition.state == DefinitionState.active.value, ProcessDefinition.id.in_(runs))
    chosen = select(ProcessDefinition).where(is_used).order_by(ProcessDefinition.key, ProcessDefinition.version)
    yield from (Use(row.key, row.name, row.version, row.xml) for row in db.session.scalars(chosen))
    yield from (Use(draft.key, draft.name, None, draft.xml) for draft in drafting.open_drafts())


def _names(source: str, form: str) -> bool:
    """Has the drawing a step that shows this form? That of an act is shown wherever the act is done."""
    steps = {act.step for act in list_of_acts.STEP_ACTS if act.name == form}
    if f'"{form}"' not in source and not any(f'"{step}"' in source for step in steps):
        return False  # most drawings are not read at all
    tasks = [parser.task_of(node) for node in xml.find(xml.read(source), ".//bpmn:userTask")]
    own = list_of_acts.CUSTOM.step
    return any(task["act"] in steps or (task["act"] == own and task["form"] == form) for task in tasks)
