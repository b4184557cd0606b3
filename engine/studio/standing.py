"""How processes and forms stand as a whole: what the home of administration counts of them."""

from dataclasses import dataclass

from sqlalchemy import func, select

from engine.forms.models import FormDefinition
from engine.kit.db import db
from engine.process.models import Incident, ProcessDefinition
from engine.studio.models import DraftState, StudioDraft


@dataclass(frozen=True)
class Standing:
    """Counts of versions in force (suspended ones among them), of open drafts and incidents, of drafts of forms."""

    in_force: int
    suspended: int
    drawing: int
    to_review: int
    incidents: int
    form_drafts: int


def standing() -> Standing:
    """Everything in one statement."""
    active = select(func.count()).select_from(ProcessDefinition).where(ProcessDefinition.state == "active")
    drafts = select(func.count()).select_from(StudioDraft)
    counts = (
        active,
        active.where(ProcessDefinition.suspended_at.is_not(None)),
        drafts.where(StudioDraft.state == DraftState.drawing.value),
        drafts.where(StudioDraft.state == DraftState.submitted.value),
        select(func.count()).select_from(Incident).where(Incident.resolved_at.is_(None)),
        select(func.count()).select_from(FormDefinition).where(FormDefinition.state == "draft"),
    )
    return Standing(*db.session.execute(select(*(one.scalar_subquery() for one in counts))).one())
