"""The timeline (流转记录): who did what when, appended and never changed; and who took which part."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.access.actors import Actor
from engine.cases import masking
from engine.cases.models import Case, Involvement, TimelineEntry
from engine.kit.db import db


def add(
    case: Case, act: str, *, by: Actor, at: datetime, note: str = "", part: str | None = None, **detail: Any
) -> None:
    """Append an entry; with ``part`` also keep that this person took it ("handled", "verified" …).

    Everybody who sees the case reads the note: a reporter's number and name are masked in it.
    """
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
            detail={key: value for key, value in detail.items() if value is not None},
        )
    )
    case.updated_at = at
    if part is not None and by.id is not None:
        involve(case.id, by.id, part)


def involve(case_id: int, user_id: int, part: str) -> None:
    """Keep that a person took a part; once is enough."""
    build = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(build(Involvement).values(case_id=case_id, user_id=user_id, part=part).on_conflict_do_nothing())


def took_part(case_id: int, user_id: int | None, part: str) -> bool:
    """Did this person take that part?"""
    question = exists().where(Involvement.case_id == case_id, Involvement.user_id == user_id, Involvement.part == part)
    return bool(db.session.scalar(select(question)))


def of(case: Case) -> Sequence[TimelineEntry]:
    """All entries of a case, oldest first."""
    return db.session.scalars(
        select(TimelineEntry).where(TimelineEntry.case_id == case.id).order_by(TimelineEntry.at, TimelineEntry.id)
    ).all()
