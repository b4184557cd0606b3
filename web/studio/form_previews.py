"""How a form will look and answer: the desk's own drawing of it, in a frame as wide as a phone, or as a desk."""

from typing import Any

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from engine.access.permissions import Permission
from engine.cases import answering, answers
from engine.cases.answers import Answer
from engine.forms import catalogue
from engine.forms.catalogue import Form
from engine.organization import queries as organization
from engine.studio import designing, form_publishing
from web import languages, security
from web.configuration import current_config
from web.desk import choices
from web.filling import Filling
from web.guards import requires
from web.studio.door import door


@door.route("/form-drafts/<int:form_draft_id>/preview", methods=["GET", "POST"])
@requires(Permission.process_manage)
def preview_form(form_draft_id: int) -> ResponseReturnValue:
    """The draft to be tried: what is sent is read, told, and forgotten."""
    return _page(catalogue.of(designing.find(form_draft_id).entry))


@door.route("/forms/<key>/versions/<int:number>/preview", methods=["GET", "POST"])
@requires(Permission.process_manage)
def preview_version(key: str, number: int) -> ResponseReturnValue:
    """The same of a version that was published, or came with the program."""
    return _page(catalogue.of(form_publishing.entry_of(key, number)))


def _page(form: Form) -> ResponseReturnValue:
    filling = Filling(form, options=choices.of(form, None, request.values))
    read: list[dict[str, Any]] = []
    filling.done(read.append)
    told = _told(form, read[0]) if read else None
    page = render_template("studio/form_preview.html", filling=filling, told=told)
    return security.framed(make_response(page, filling.status))


def _told(form: Form, values: dict[str, Any]) -> list[tuple[str, str]]:
    """What would be kept, as the timeline would tell it."""
    asked = [one for one in form.fields if one.kind not in answering.FILES and values.get(one.name)]
    kept = [Answer(one, answering.plain(values[one.name])) for one in asked]
    names = organization.names_of(answers.departments(kept))
    return [answers.told(one, languages.chosen(), names, current_config().time_zone) for one in kept]
