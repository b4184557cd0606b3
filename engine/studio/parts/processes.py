"""Processes: the drawing in force of each. Running cases, drafts and earlier versions stay with the city."""

from datetime import datetime

from sqlalchemy import select

from engine.kit.db import db
from engine.kit.i18n import N_
from engine.process import definitions, differences, linting
from engine.process.finding import Grade
from engine.process.models import DefinitionState, ProcessDefinition
from engine.studio import drafting
from engine.studio.archive_comparing import Items
from engine.studio.parts.part import Hand, Part, Problem


def _read() -> dict[str, str]:
    in_force = select(ProcessDefinition.key, ProcessDefinition.xml).where(
        ProcessDefinition.state == DefinitionState.active
    )
    return dict(db.session.execute(in_force).tuples().all())


def _check(items: Items, at: datetime) -> list[Problem]:  # noqa: ARG001 - as every part's
    return [problem for key, text in items.items() for problem in _problems(key, text)]


def _problems(key: str, text: str) -> list[Problem]:
    """A drawing is checked just as it stands: an archive is our own, so nothing in it is translated."""
    if not drafting.KEY.fullmatch(key):
        return [Problem(key, N_("A key is made of small letters, digits and _; it begins with a letter."))]
    found = [one for one in linting.findings(text) if one.grade == Grade.error]
    return [Problem(key, one.text, one.params) for one in found]


def _put(items: Items, hand: Hand) -> None:
    """Each becomes the next version, in force for new cases; running ones stay on theirs."""
    for key, text in items.items():
        definitions.publish(key, text, by_id=hand.author_id, at=hand.at, note=hand.note, reviewed_by_id=hand.by.id)


def _title(key: str, text: str) -> str:
    return f"{drafting.name_in(text) or key} ({key})"


PART = Part(
    "processes",
    N_("Processes"),
    read=_read,
    check=_check,
    put=_put,
    tell=differences.told,
    title=_title,
    suffix="bpmn",
)
