"""What the workers do for exports: making them as they are asked for, and deleting what nobody needs any more."""

import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from engine.exports import files, making
from engine.exports.models import Export, ExportRow, ExportState
from engine.kit.db import db, unit_of_work
from engine.kit.i18n import N_
from engine.settings import values
from engine.settings.declarations import Setting

KEPT = Setting("exports.days_kept", int, 7, N_("Days that exported workbooks are kept"), least=1, most=90)


def make_due(at: datetime, *, worker: str | None = None, going_on: Callable[[], bool] = lambda: True) -> int:
    """Make the exports that wait; how many."""
    return making.run(worker or f"{socket.gethostname()}:{os.getpid()}", at, going_on=going_on)


def purge(at: datetime) -> int:
    """Delete exports that were kept long enough, and the files of those that came to nothing; how many."""
    before = at - timedelta(days=values.get(KEPT))
    old = list(db.session.scalars(select(Export.id).where(Export.created_at < before)))
    vain = list(
        db.session.scalars(select(Export.id).where(Export.state.in_([ExportState.cancelled, ExportState.failed])))
    )
    db.session.rollback()
    for key in old:
        with unit_of_work():
            db.session.execute(delete(ExportRow).where(ExportRow.export_id == key))
            db.session.execute(delete(Export).where(Export.id == key))
    for key in {*old, *vain}:
        files.drop(key)
    return len(old)
