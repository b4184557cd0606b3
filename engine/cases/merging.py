"""Merging (并案): a report of a problem that is already a case becomes part of that case; its reporter stays."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from engine.access.actors import Actor
from engine.cases import acceptance, queries, steps, timeline
from engine.cases.errors import InUse, MergedIntoItself
from engine.cases.models import Case, Source, Stage
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.process.models import OpenTask


def merge(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """End this report as part of the case ``into_number``. Both keep their numbers and show each other.

    Raises Invalid beside ``into_number``, MergedIntoItself, InUse.
    """
    into = _target(values["into_number"], case, by)
    _check(case, into)
    acceptance.accept(case, at)
    case.merged_into_id, case.result = into.id, "merged"
    steps.finish(task, "merge", by=by, at=at)
    timeline.add(case, "merger", by=by, at=at, note=values.get("note", ""), part="accepted", into=into.number)
    timeline.add(into, "merged_in", by=by, at=at, note=case.title, number=case.number)


def took_in_public(case: Case) -> bool:
    """Was a citizen's report merged into this case, or into one that was? He is called back too (process.md §4.2)."""
    taken = select(Case.id, Case.source).where(Case.merged_into_id == case.id).cte("taken", recursive=True)
    further = aliased(Case)
    # UNION, not UNION ALL: a ring of cases, should one ever be made, still ends.
    taken = taken.union(select(further.id, further.source).join(taken, further.merged_into_id == taken.c.id))
    public = exists(select(taken.c.id).where(taken.c.source.in_(sorted(Source.from_public()))))
    return bool(db.session.scalar(select(public)))


def _target(number: str, case: Case, by: Actor) -> Case:
    """The case to merge into, as far as ``by`` sees it, locked as ``case`` is already."""
    into_id = db.session.scalar(select(Case.id).where(Case.number == number.strip(), queries.visible_to(by)))
    if into_id is None:
        raise Invalid.field("into_number", N_("There is no case with this number."))
    if into_id == case.id:
        raise MergedIntoItself
    # Everybody waits for higher numbers only, so that two who merge crosswise never wait for each other. A lower one
    # that is not to be had at once is left alone.
    locked = select(Case).where(Case.id == into_id).with_for_update(skip_locked=into_id < case.id)
    into = db.session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if into is None:
        raise InUse(number=number.strip())
    return into


def _check(case: Case, into: Case) -> None:
    if into.stage in Stage.ended() - {Stage.closed}:
        raise Invalid.field("into_number", N_("That case was not filed, voided or merged itself."))
    calls_back = case.source in Source.from_public() or took_in_public(case)
    if calls_back and into.stage == Stage.closed and not steps.open_steps(into):
        raise Invalid.field(
            "into_number",
            N_("That case is closed, and nobody would call this citizen back. Please reopen it first, or accept this."),
        )
