"""Publishing a file: it is imported, what was translated, lost or found is shown, and only then does it go live."""

from dataclasses import dataclass
from pathlib import PurePath

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.audit import recording
from engine.forms.definition import YES
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.process import definitions, linting, queries, xml
from web.admin.door import door
from web.guards import requires
from web.session import current_actor

MOST_TOLD = 200
"""Sentences of a kind that the page shows: a hostile file has thousands."""


@dataclass(frozen=True)
class Brought:
    """A file that somebody chose, or the text of it that the page kept."""

    name: str
    source: bytes | str

    @property
    def text(self) -> str:
        """What the page keeps, so that the file need not be chosen again; empty where it is no text."""
        try:
            return xml.text_of(self.source).text
        except Invalid:
            return ""


@door.route("/processes/new", methods=["GET", "POST"])
@requires(Permission.process_manage)
def publish_process() -> ResponseReturnValue:
    """Check a drawing, and publish it if it is asked, nothing is wrong, and what was lost is consented to."""
    if request.method == "GET":
        return _page()
    brought = _brought()
    if brought is None:
        return _page(refusal=Invalid.field("file", N_("Please choose a file first."))), 422
    report = linting.examine(brought.source)
    if report.errors or "check" in request.form:
        return _page(brought, report), 422 if report.errors else 200
    if report.needs_consent and request.form.get("is_sure") != YES:
        return _page(brought, report, must_consent=True), 422
    try:
        return _publish(brought, report)
    except Invalid as refusal:
        db.session.rollback()
        return _page(brought, report, refusal=refusal), 422


def _brought() -> Brought | None:
    """The file that came, before the text that was kept. Of a file too large no more is read than tells that it is."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return Brought(file.filename, file.read(xml.MOST_BYTES + 1))
    kept = request.form.get("text", "")
    # A browser sends every end of a line as two characters.
    return Brought(request.form.get("name", ""), kept.replace("\r\n", "\n")) if kept else None


def _publish(brought: Brought, report: linting.Report) -> ResponseReturnValue:
    by, at = current_actor(), clock.now()
    published = definitions.publish(_key(brought), report.xml, by_id=by.id, at=at)
    recording.record(
        "process.published",
        by=by,
        at=at,
        object_kind="process",
        object_id=published.key,
        detail={"version": published.version, "digest": published.digest},
    )
    flash(
        _("%(name)s, version %(version)s, is in force for new cases.", name=published.name, version=published.version),
        "success",
    )
    return redirect(url_for(".processes"), 303)


def _key(brought: Brought) -> str:
    return (request.form.get("key") or PurePath(brought.name).stem).strip()


def _page(
    brought: Brought | None = None,
    report: linting.Report | None = None,
    *,
    refusal: Invalid | None = None,
    must_consent: bool = False,
) -> str:
    return render_template(
        "admin/process_new.html",
        keys=sorted({row.key for row in queries.definitions()}),
        brought=brought,
        report=report,
        refusal=refusal,
        must_consent=must_consent,
        most=MOST_TOLD,
        locale=str(get_locale()),
    )
