"""Asking for an export: its cases are noted at once, in one statement; the workers do the rest. And cancelling it."""

from datetime import datetime

from sqlalchemy import Select, delete, func, insert, literal, select

from engine.access.actors import Actor
from engine.exports.errors import ExportEnded, NothingToExport, TooManyExports
from engine.exports.models import Export, ExportRow, ExportState
from engine.kit.db import db

SMALL = 2000
"""Up to so many rows are answered at once."""
MOST = 100_000
"""Rows of a workbook."""
MOST_RUNNING = 3
"""Of one person, at the same time."""


def begin(
    places: Select[int, int],
    *,
    query: str,
    asked: list[tuple[str, str]],
    filters: list[str],
    locale: str,
    by: Actor,
    at: datetime,
) -> Export:
    """Let the workers make a workbook of the cases that ``places`` gives (place from 1 on, case id).

    Raises NothingToExport, TooManyExports.
    """
    running = select(func.count()).where(Export.user_id == by.id, Export.state == ExportState.running.value)
    if (db.session.scalar(running) or 0) >= MOST_RUNNING:
        raise TooManyExports(most=MOST_RUNNING)
    export = Export(user_id=by.id, query=query, asked=[list(pair) for pair in asked], filters=filters, locale=locale,
                    state=ExportState.running.value, total=0, created_at=at, next_at=at)  # fmt: skip
    db.session.add(export)
    db.session.flush()
    _note_rows(export, places)
    if not export.total:
        raise NothingToExport
    db.session.flush()
    return export


def _note_rows(export: Export, places: Select[int, int]) -> None:
    listed = places.limit(MOST + 1).subquery()
    noted = select(literal(export.id), *listed.c).where(listed.c[0] <= MOST)
    db.session.execute(insert(ExportRow).from_select(["export_id", "seq", "case_id"], noted))
    export.total = db.session.scalar(select(func.count()).where(ExportRow.export_id == export.id)) or 0
    export.is_capped = (
        export.total == MOST and (db.session.scalar(select(func.count()).select_from(listed)) or 0) > MOST
    )


def cancel(export: Export, *, at: datetime) -> None:
    """Make no more of it. What there is already is deleted soon. Raises ExportEnded."""
    db.session.refresh(export, with_for_update=True)
    if export.state != ExportState.running:
        raise ExportEnded
    export.state, export.ended_at, export.next_at = ExportState.cancelled.value, at, None
    db.session.execute(delete(ExportRow).where(ExportRow.export_id == export.id))
