"""Taking an export home: on record, and only as long as one may see every case in it."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select, true

from engine.access.actors import Actor
from engine.audit import recording
from engine.cases import queries
from engine.cases.models import Case
from engine.exports import files
from engine.exports.errors import ExportNotReady, NoSuchExport, NotAllVisible
from engine.exports.models import Export, ExportRow, ExportState
from engine.kit.db import db


def take(export: Export, *, by: Actor, at: datetime) -> Path:
    """The workbook of one's own export. Raises ExportNotReady, NotAllVisible, NoSuchExport where it is gone."""
    if export.state != ExportState.ready:
        raise ExportNotReady
    if _hides_something(export, by):
        raise NotAllVisible
    path = files.workbook(export.id)
    if not path.exists():
        raise NoSuchExport
    detail = {"rows": export.written, "filters": export.filters, "export": export.id}
    recording.record("cases.exported", by=by, at=at, detail=detail)
    return path


def _hides_something(export: Export, by: Actor) -> bool:
    """Is there a case in it that the predicate of every list hides from him now?"""
    noted = select(ExportRow.seq).join(Case, Case.id == ExportRow.case_id).where(ExportRow.export_id == export.id)
    # Neither false nor unknown: a case that no department has yet is in none of his.
    hidden = noted.where(queries.visible_to(by, one_by_one=True).is_not(true())).limit(1)
    return db.session.scalar(hidden) is not None
