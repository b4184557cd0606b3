"""Reading exports: one's own only, whatever else one may do."""

from collections.abc import Sequence

from sqlalchemy import select

from engine.access.actors import Actor
from engine.exports.errors import NoSuchExport
from engine.exports.models import Export
from engine.kit.db import db


def own(export_id: int, actor: Actor) -> Export:
    """One of this person's exports. Raises NoSuchExport for any other."""
    export = db.session.get(Export, export_id)
    if export is None or actor.id is None or export.user_id != actor.id:
        raise NoSuchExport
    return export


def of(actor: Actor) -> Sequence[Export]:
    """Every export that is kept for this person, the newest first."""
    mine = select(Export).where(Export.user_id == actor.id)
    return db.session.scalars(mine.order_by(Export.id.desc()).limit(100)).all()
