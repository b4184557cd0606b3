"""The timeline (流转记录): who did what when, appended and never changed; and who took which part."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.access.actors import Actor
from engine.cases import answering, masking
from engine.cases.models import Case, Involvement, TimelineEntry
from engine.kit.db import db


def add(
    case: Case, act: str, *, by: Actor, at: datetime, note: str = "", part: str | None = None, **detail: Any
) -> None:
    """Append an entry; with ``part`` also keep that this person took it ("handled", "verified" …).

    Whoever acts in the name of somebody who is away is told with him, and both took the part.
    Everybody who sees the case reads the note and what the city's own questions were answered: a reporter's number and
    name are masked in both.
    """
    detail |= answering.taken(partial(masking.of_case, case))
    db.session.add(
        TimelineEntry(
            case_id=case.id,
            at=at,
            act=act,
            by_id=by.id,
            by_name=by.name,
            department_id=by.department_id,
            stage=case.stage,
            note=masking.of_case(case, note) if note else "",
            detail=_in_whose_name(by) | {key: value for key, value in detail.items() if value is not None},
        )
    )
    case.updated_at = at
    if part is not None:
        for user_id in (by.id, by.on_behalf_of.id if by.on_behalf_of is not None else None):
            if user_id is not None:
                involve(case.id, user_id, part)


def _in_whose_name(by: Actor) -> dict[str, Any]:
    absent = by.on_behalf_of
    return {"on_behalf_of": absent.name, "on_behalf_of_id": absent.id} if absent is not None else {}


def represent(case_id: int, by: object, instance_id: int) -> None:
    """Keep that an instance was moved in the name of somebody who is away: he had a hand in it, too."""
    if isinstance(by, Actor) and by.on_behalf_of is not None:
        involve(case_id, by.on_behalf_of.id, moved(instance_id))


def moved(instance_id: int) -> str:
    """The part of whoever is represented in a move of this instance."""
    return f"moved:{instance_id}"


def involve(case_id: int, user_id: int, part: str) -> None:
    """Keep that a person took a part; once is enough."""
    build = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(build(Involvement).values(case_id=case_id, user_id=user_id, part=part).on_conflict_do_nothing())


def took_part(case_id: int, user_ids: Collection[int], part: str) -> bool:
    """Did one of these people take that part?"""
    question = exists().where(
        Involvement.case_id == case_id, Involvement.user_id.in_(sorted(user_ids)), Involvement.part == part
    )
    return bool(db.session.scalar(select(question)))


def taken(case_id: int, part: str) -> Select[int]:
    """Ids of everybody who took that part."""
    return select(Involvement.user_id).where(Involvement.case_id == case_id, Involvement.part == part)


def people_with(case_id: int, parts: Collection[str]) -> set[int]:
    """Ids of everybody who took one of these parts."""
    found = select(Involvement.user_id).where(Involvement.case_id == case_id, Involvement.part.in_(sorted(parts)))
    return set(db.session.scalars(found))


def of(case: Case) -> Sequence[TimelineEntry]:
    """All entries of a case, oldest first."""
    return db.session.scalars(
        select(TimelineEntry).where(TimelineEntry.case_id == case.id).order_by(TimelineEntry.at, TimelineEntry.id)
    ).all()
