"""Locks many cases for whoever reckons their clocks: in order of their ids, and never those that an act has."""

from collections.abc import Collection

from sqlalchemy import select

from engine.cases.models import Case
from engine.deadlines.holding import Held
from engine.kit.db import db


def hold(ids: Collection[int]) -> Held:
    """Lock these cases to the end of the transaction, as every act does before it touches a clock."""
    chosen = select(Case).where(Case.id.in_(ids)).order_by(Case.id).with_for_update(skip_locked=True, of=Case)
    rows = tuple(db.session.scalars(chosen.execution_options(populate_existing=True)))
    missing = set(ids) - {case.id for case in rows}
    # What is not there at all is nobody's: only cases that an act has are busy.
    busy = db.session.scalars(select(Case.id).where(Case.id.in_(missing))) if missing else ()
    return Held(frozenset(busy), rows)
