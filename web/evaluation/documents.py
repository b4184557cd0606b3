"""A month to take away: the PDF and the workbook. A document is made once for each computation and language."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import current_app, send_file
from flask.typing import ResponseReturnValue

from engine.access.permissions import Permission
from engine.evaluation import publishing
from engine.evaluation.errors import MonthNotComputed
from engine.evaluation.models import MonthlyAssessment, State
from reports import monthly_assessment
from web import languages
from web.configuration import current_config
from web.evaluation.door import door
from web.guards import requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@door.get("/<month>/document.pdf")
@requires(Permission.evaluation_read)
def document(month: str) -> ResponseReturnValue:
    """The month as PDF: a few seconds the first time, at once afterwards. Raises MonthNotComputed, NoPdf."""
    row = _kept(month)
    path = _made("pdf", row, lambda target: target.write_bytes(_pdf(row)))
    return send_file(path, "application/pdf", download_name=f"{month}.pdf")


@door.get("/<month>/workbook.xlsx")
@requires(Permission.evaluation_read)
def workbook(month: str) -> ResponseReturnValue:
    """Every table of the month on a sheet. Raises MonthNotComputed."""
    row = _kept(month)
    path = _made("xlsx", row, lambda target: _write_workbook(target, row))
    return send_file(path, XLSX, as_attachment=True, download_name=f"{month}.xlsx")


def _kept(month: str) -> MonthlyAssessment:
    row = publishing.find(month)
    if row is None:
        raise MonthNotComputed
    return row


def _pdf(row: MonthlyAssessment) -> bytes:
    return monthly_assessment.write_pdf(
        publishing.read(row),
        locale=languages.chosen(),
        zone=current_config().time_zone,
        is_published=row.state == State.published,
    )


def _write_workbook(target: Path, row: MonthlyAssessment) -> None:
    with target.open("wb") as file:
        monthly_assessment.write_workbook(
            file, publishing.read(row), locale=languages.chosen(), zone=current_config().time_zone
        )


def _made(kind: str, row: MonthlyAssessment, make: Callable[[Path], object]) -> Path:
    """The file of this computation, made where it is not there; half a file is never seen."""
    folder = current_config().data_dir / "documents"
    path = folder / f"{row.period}-{_stamp(row)}-{languages.chosen()}.{kind}"
    if path.exists() and not current_app.debug:
        return path
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    making = Path(name)
    try:
        make(making)
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)
    return path


def _stamp(row: MonthlyAssessment) -> str:
    """Another computation, or its publication, is another document."""
    return hashlib.sha256(f"{row.computed_at.isoformat()} {row.state}".encode()).hexdigest()[:12]
