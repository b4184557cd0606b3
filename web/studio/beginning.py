"""Beginning a process: from nothing, or with a file that was drawn elsewhere. Either is a draft first, and reviewed."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from engine.access.permissions import Permission
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import CityLoopError, Invalid
from engine.kit.i18n import N_
from engine.process import queries, vocabulary, xml
from engine.studio import blank, bringing, commenting, drafting
from engine.studio.bringing import File
from engine.studio.errors import DraftExists
from engine.studio.models import StudioDraft
from web import errors, languages
from web.guards import requires
from web.session import current_actor
from web.studio.door import door


@door.route("/drafts/new", methods=["GET", "POST"])
@requires(Permission.process_manage)
def new_draft() -> ResponseReturnValue:
    """The page, and the beginning; where that is refused, what was typed and the file's text stay on the page."""
    if request.method == "GET":
        return _page()
    file = _file()
    try:
        draft = _brought(file) if file is not None else _blank()
    except (Invalid, DraftExists) as refusal:
        db.session.rollback()
        return _page(file, refusal), errors.status_of(refusal)
    return redirect(url_for(".draft", draft_id=draft.id), 303)


def _brought(file: File) -> StudioDraft:
    locale = languages.chosen()
    draft = bringing.bring(file, key=request.form.get("key", ""), locale=locale, by=current_actor(), at=clock.now())
    if count := len(commenting.of(draft.id)):
        flash(
            ngettext(
                "One remark on the file stands beside the drawing: what was translated, and what was left out.",
                "%(num)s remarks on the file stand beside the drawing: what was translated, and what was left out.",
                count,
            ),
            "info",
        )
    return draft


def _blank() -> StudioDraft:
    name = (request.form.get("name") or "").strip()[: drafting.LONGEST_NAME]
    if not name:
        raise Invalid.field("name", N_("Please say what the process is called, or choose a file."))
    key = request.form.get("key", "").strip() or bringing.key_for(name)
    source = drafting.Source(key, blank.drawing(key, name), bringing.in_force(key))
    return drafting.begin(source, by=current_actor(), at=clock.now())


def _file() -> File | None:
    """The file that came, before the text that was kept. Of a file too large no more is read than tells that it is."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        return File(sent.filename, sent.read(xml.MOST_BYTES + 1))
    kept = request.form.get("text", "")
    # A browser sends every end of a line as two characters.
    return File(request.form.get("file_name", ""), kept.replace("\r\n", "\n")) if kept else None


def _page(file: File | None = None, refusal: CityLoopError | None = None) -> str:
    # The newest version comes first: its name is the one that stays.
    names = {row.key: row.name for row in reversed(queries.definitions())}
    return render_template(
        "studio/new.html",
        keys=sorted(names),
        begun=[names.get(key, key) for key in sorted(vocabulary.names("begun"))],
        file=file,
        refusal=refusal,
        refused=refusal.fields if isinstance(refusal, Invalid) else {},
    )
