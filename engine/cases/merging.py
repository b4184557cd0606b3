"""Merging (并案): a report of a problem that is already a case becomes part of that case; its reporter stays."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from engine.access.actors import Actor
from engine.cases import acceptance, steps, timeline
from engine.cases.errors import MergedIntoItself
from engine.cases.models import Case, Source, Stage
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.process.models import OpenTask


def merge(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """End this report as part of the case ``into_number``. Both keep their numbers and show each other."""
    into = _target(values["into_number"])
    if case.id in {into.id, into.merged_into_id}:
        raise MergedIntoItself
    acceptance.accept(case, at)
    case.merged_into_id, case.result = into.id, "merged"
    steps.finish(task, "merge", by=by, at=at)
    timeline.add(case, "merger", by=by, at=at, note=values.get("note", ""), part="accepted", into=into.number)
    timeline.add(into, "merged_in", by=by, at=at, note=case.title, number=case.number)


def took_in_public(case: Case) -> bool:
    """Was a citizen's report merged into this case? That citizen is called back as well (process.md §4.2)."""
    public = exists().where(Case.merged_into_id == case.id, Case.source.in_(sorted(Source.from_public())))
    return bool(db.session.scalar(select(public)))


def _target(number: str) -> Case:
    into = db.session.scalars(select(Case).where(Case.number == number.strip())).one_or_none()
    if into is None:
        raise Invalid.field("into_number", N_("There is no case with this number."))
    if into.stage in Stage.ended() - {Stage.closed}:
        raise Invalid.field("into_number", N_("That case was not filed, voided or merged itself."))
    return into
