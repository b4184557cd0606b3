"""Searches that a person keeps under a name."""

from collections.abc import Sequence

from sqlalchemy import select

from engine.access.actors import Actor
from engine.cases.models import SavedSearch
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_

MOST = 30


def of(actor: Actor, page: str) -> Sequence[SavedSearch]:
    """Those of one person for one page, by name."""
    return db.session.scalars(
        select(SavedSearch).where(SavedSearch.user_id == actor.id, SavedSearch.page == page).order_by(SavedSearch.name)
    ).all()


def keep(actor: Actor, page: str, name: str, query: str) -> SavedSearch:
    """Keep a query string under a name; the same name again replaces it. Raises Invalid."""
    name = name.strip()
    if not name or len(name) > 60:
        raise Invalid.field("name", N_("Please give the search a name of at most 60 characters."))
    kept = {row.name: row for row in of(actor, page)}
    if name not in kept and len(kept) >= MOST:
        raise Invalid.field("name", N_("You keep as many searches as there is room for. Please remove one first."))
    row = kept.get(name) or SavedSearch(user_id=actor.id, page=page, name=name)
    row.query = query[:1000]
    db.session.add(row)
    db.session.flush()
    return row


def drop(actor: Actor, search_id: int) -> None:
    """Forget one of one's own; another person's stays."""
    row = db.session.get(SavedSearch, search_id)
    if row is not None and row.user_id == actor.id:
        db.session.delete(row)
