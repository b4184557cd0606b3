"""Workbooks: one page that sends a table out and takes it in again, with every bad cell named."""

from collections.abc import Callable
from io import BytesIO
from typing import Any, BinaryIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.kit.spreadsheets import CellError, Unreadable
from web.configuration import current_config
from web.session import current_actor

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100
"""So many errors are listed: who has more will mend a whole column anyway."""

Import = Callable[..., Any]
"""``importer(stream, by=, at=, dry_run=)`` returns added, changed and unchanged, or raises Unreadable."""


def send(write: Callable[[BinaryIO], None], name: str) -> ResponseReturnValue:
    """What ``write`` writes, as a download named ``name`` with today's date."""
    stream = BytesIO()
    write(stream)
    stream.seek(0)
    today = clock.local(clock.now(), current_config().time_zone).strftime("%Y%m%d")
    return send_file(stream, mimetype=XLSX, as_attachment=True, download_name=f"{name}-{today}.xlsx")


def take_in(importer: Import, *, back: str, export: str, **place: Any) -> ResponseReturnValue:
    """The page of an import: choose a file, try it without writing, then import. All or nothing.

    ``back`` and ``export`` are endpoints; ``place`` are the arguments of their addresses.
    """
    if request.method == "GET":
        return _page(back, export, place)
    file, tried = request.files.get("file"), "try" in request.form
    try:
        done = importer(_stream(file), by=current_actor(), at=clock.now(), dry_run=tried)
    except Invalid as refusal:
        db.session.rollback()
        return _page(back, export, place, refusal=refusal), 422
    if tried:
        db.session.rollback()
        return _page(back, export, place, would=done)
    flash(
        _(
            "Imported: %(added)s added, %(changed)s changed, %(unchanged)s unchanged.",
            added=done.added,
            changed=done.changed,
            unchanged=done.unchanged,
        ),
        "success",
    )
    return redirect(url_for(back, **place), 303)


def _stream(file: FileStorage | None) -> BinaryIO:
    if file is None or not file.filename:
        raise Invalid({"file": [FieldError(N_("Please choose a file first."))]})
    return BytesIO(file.read())


def _page(back: str, export: str, place: dict[str, Any], *, refusal: Invalid | None = None, would: Any = None) -> str:
    errors: list[CellError] = refusal.errors[:SHOWN] if isinstance(refusal, Unreadable) else []
    addresses = {"back": url_for(back, **place), "export": url_for(export, **place)}
    return render_template("admin/import.html", **addresses, refusal=refusal, errors=errors, would=would)
