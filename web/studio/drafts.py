"""The page on which a draft is drawn, and what its script asks and sends (JSON)."""

from io import BytesIO
from typing import Any

from flask import Response, jsonify, render_template, request, send_file
from flask.typing import ResponseReturnValue

from engine.access.permissions import Permission
from engine.kit import clock
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.studio import checking, drafting, editing
from engine.studio.editing import Editing
from engine.studio.models import DraftState
from web import languages, times
from web.guards import requires
from web.session import current_actor
from web.studio.door import door


@door.get("/drafts/<int:draft_id>")
@requires(Permission.process_manage, Permission.process_review)
def draft(draft_id: int) -> ResponseReturnValue:
    """The drawing board; to look at only for who reviews, and once the draft is handed in."""
    found = drafting.find(draft_id)
    may_draw = found.state == DraftState.drawing and current_actor().has(Permission.process_manage)
    return render_template("studio/draft.html", draft=found, may_draw=may_draw)


@door.get("/drafts/<int:draft_id>/drawing")
@requires(Permission.process_manage, Permission.process_review)
def drawing(draft_id: int) -> ResponseReturnValue:
    """The drawing as it stands, and who is at it."""
    found = drafting.find(draft_id)
    seen = editing.seen(draft_id, at=clock.now())
    return jsonify({"xml": found.xml, "name": found.name, "key": found.key, **_editing(seen)})


@door.get("/drafts/<int:draft_id>/bpmn")
@requires(Permission.process_manage, Permission.process_review)
def draft_file(draft_id: int) -> ResponseReturnValue:
    """The draft as a BPMN 2.0 file."""
    found = drafting.find(draft_id)
    name = f"{found.key}-draft.bpmn"
    return send_file(BytesIO(found.xml.encode()), mimetype="application/xml", as_attachment=True, download_name=name)


@door.post("/drafts/<int:draft_id>/revisions")
@requires(Permission.process_manage)
def save_draft(draft_id: int) -> ResponseReturnValue:
    """Keep what was drawn: ``xml``, and the ``revision`` that it was drawn on. 409 where somebody was faster."""
    sent = sent_json()
    text, revision = sent.get("xml"), sent.get("revision")
    if not isinstance(text, str) or not isinstance(revision, int) or isinstance(revision, bool):
        raise Invalid.field("xml", N_("This is not a drawing."))
    at = clock.now()
    saved = drafting.save(draft_id, text, revision=revision, by=current_actor(), at=at)
    return jsonify({"revision": saved.revision, "name": saved.name, "saved_at": times.moment(at).striptags()}), 201


@door.get("/drafts/<int:draft_id>/findings")
@requires(Permission.process_manage, Permission.process_review)
def findings(draft_id: int) -> ResponseReturnValue:
    """What the check says about what was saved last; with ``deep=1`` after a dry run, which takes a second or two."""
    found = drafting.find(draft_id)
    remarks = checking.remarks(found.xml, languages.chosen(), rehearse="deep" in request.args)
    told = [{"element": each.element_id, "text": each.text, "hint": each.hint, "grade": each.grade} for each in remarks]
    return jsonify({"revision": found.revision, "findings": told})


@door.post("/drafts/<int:draft_id>/presence")
@requires(Permission.process_manage)
def be_present(draft_id: int) -> ResponseReturnValue:
    """A sign of life of somebody's page: he keeps the pencil, or takes it where nobody has it."""
    return jsonify(_editing(editing.sign_of_life(draft_id, by=current_actor(), at=clock.now())))


@door.post("/drafts/<int:draft_id>/takeover")
@requires(Permission.process_manage)
def take_over(draft_id: int) -> ResponseReturnValue:
    """Take the pencil from somebody, knowingly."""
    return jsonify(_editing(editing.take_over(draft_id, by=current_actor(), at=clock.now()))), 201


@door.post("/drafts/<int:draft_id>/absence")
@requires(Permission.process_manage)
def be_absent(draft_id: int) -> ResponseReturnValue:
    """Somebody's page was closed."""
    editing.lay_down(draft_id, by=current_actor())
    return Response(status=204)


def sent_json() -> dict[str, Any]:
    """The JSON object that was sent. Raises Invalid for anything else."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise Invalid.field("", N_("This request could not be understood."))
    return sent


def _editing(seen: Editing) -> dict[str, Any]:
    return {
        "revision": seen.revision,
        "state": seen.state,
        "is_mine": seen.editor_id == current_actor().id,
        "editor": seen.editor,
        "changed_by": seen.changed_by,
        "changed_at": times.moment(seen.changed_at).striptags(),
    }
