"""Which version of its form an open step asks."""

from sqlalchemy import select

from engine.forms import catalogue
from engine.forms.catalogue import Form
from engine.kit.db import db
from engine.process.models import OpenTask, ProcessDefinition


def of(task: OpenTask, name: str) -> Form:
    """The form ``name`` as it was in force when the step opened.

    Where the case was moved to a drawing that was published later, it is the form of that day: the drawing was checked
    against it, and may read what an older version does not ask. Raises UnknownForm.
    """
    opened = catalogue.load(name, at=task.opened_at)
    if opened.version == catalogue.load(name).version:
        return opened
    drawn_at = db.session.scalar(select(ProcessDefinition.created_at).where(ProcessDefinition.id == task.definition_id))
    return catalogue.load(name, at=max(task.opened_at, drawn_at or task.opened_at))
