"""The page on which a form is designed: its questions in order, the one that is being changed, and how it will look."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from engine.access.permissions import Permission
from engine.forms import catalogue
from engine.forms.catalogue import Form
from engine.forms.definition import Field
from engine.forms.measures import LONGEST
from engine.forms.models import FormDefinition
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Conflict, Invalid
from engine.kit.i18n import N_
from engine.studio import designing, questioning
from web.filling import Filling
from web.guards import requires
from web.session import current_actor
from web.studio import form_questions, form_rules
from web.studio.door import door, sent_revision

P = Permission
Sent = dict[str, Any]
"""Who, when, and on which revision."""
HEAD = Form(
    "form",
    1,
    N_("The form"),
    N_("Keep this"),
    (
        Field("title_zh", N_("Title in Chinese"), "text", max_length=LONGEST["title"], width="half"),
        Field("title_en", N_("Title in English"), "text", max_length=LONGEST["title"], width="half"),
        Field("submit_zh", N_("What its button says, in Chinese"), "text", max_length=LONGEST["submit"], width="half"),
        Field("submit_en", N_("What its button says, in English"), "text", max_length=LONGEST["submit"], width="half"),
        Field("help_zh", N_("Help in Chinese"), "long_text", max_length=LONGEST["help"], width="half"),
        Field("help_en", N_("Help in English"), "long_text", max_length=LONGEST["help"], width="half"),
    ),
)
"""What is said about a form as a whole."""


KIND_NAMES = questioning.KINDS | {
    "choices": N_("One of several choices"),
    "category": N_("Subcategory"),
    "condition": N_("Filing condition"),
    "person": N_("Person"),
    "component": N_("Component"),
}
"""What every kind of question is called, those of the program too."""


@door.route("/form-drafts/<int:form_draft_id>", methods=["GET", "POST"])
@requires(P.process_manage)
def form_draft(form_draft_id: int) -> ResponseReturnValue:
    """The form as a whole: what it is called, what its button says; its questions, and adding one."""
    draft = designing.find(form_draft_id)
    texts, both = ("title", "submit", "help"), form_questions.BOTH
    stands = {f"{key}_{one}": form_questions.text(draft.entry.get(key), one) for key in texts for one in both}

    def describe(values: dict[str, Any], sent: Sent) -> None:
        questioning.describe(draft.id, {key: form_questions.spelt(values, key) for key in texts}, **sent)

    return _edited(draft, Filling(HEAD, initial=stands), describe)


@door.route("/form-drafts/<int:form_draft_id>/questions/<name>", methods=["GET", "POST"])
@requires(P.process_manage)
def form_question(form_draft_id: int, name: str) -> ResponseReturnValue:
    """One question: its words, choices, bounds, rules and place."""
    draft = designing.find(form_draft_id)
    question = questioning.question(draft, name)
    filling = Filling(form_questions.form_of(question), initial=form_questions.initial(question))

    def change(values: dict[str, Any], sent: Sent) -> None:
        questioning.change(draft.id, name, form_questions.told(question, values, request.form), **sent)

    return _edited(draft, filling, change, question)


@door.post("/form-drafts/<int:form_draft_id>/questions")
@requires(P.process_manage)
def add_question(form_draft_id: int) -> ResponseReturnValue:
    """Add a question, and go on with it."""
    label = {language: request.form.get(f"label_{language}", "").strip() for language in form_questions.BOTH}
    kind = request.form.get("kind", "")
    added: list[str] = []
    refused = _acted(form_draft_id, lambda sent: added.append(questioning.add(form_draft_id, kind, label, **sent)))
    return refused or redirect(url_for(".form_question", form_draft_id=form_draft_id, name=added[0]), 303)


@door.post("/form-drafts/<int:form_draft_id>/questions/<name>/place")
@requires(P.process_manage)
def move_question(form_draft_id: int, name: str) -> ResponseReturnValue:
    """Move a question one place up or down."""
    places = -1 if request.form.get("way") == "up" else 1
    return _act(form_draft_id, lambda sent: questioning.move(form_draft_id, name, places, **sent), f"question-{name}")


@door.post("/form-drafts/<int:form_draft_id>/questions/<name>/removal")
@requires(P.process_manage)
def remove_question(form_draft_id: int, name: str) -> ResponseReturnValue:
    """Take a question out; it can be undone."""
    return _act(form_draft_id, lambda sent: questioning.remove(form_draft_id, name, **sent))


@door.post("/form-drafts/<int:form_draft_id>/questions/<name>/return")
@requires(P.process_manage)
def put_question_back(form_draft_id: int, name: str) -> ResponseReturnValue:
    """Ask a question of the program again."""
    return _act(form_draft_id, lambda sent: questioning.put_back(form_draft_id, name, **sent), f"question-{name}")


@door.post("/form-drafts/<int:form_draft_id>/undoing")
@requires(P.process_manage)
def undo_form(form_draft_id: int) -> ResponseReturnValue:
    """Take the last change back."""
    return _act(form_draft_id, lambda sent: designing.undo(form_draft_id, **sent))


@door.post("/form-drafts/<int:form_draft_id>/redoing")
@requires(P.process_manage)
def redo_form(form_draft_id: int) -> ResponseReturnValue:
    """Do again what was undone."""
    return _act(form_draft_id, lambda sent: designing.redo(form_draft_id, **sent))


@door.post("/form-drafts/<int:form_draft_id>/discarding")
@requires(P.process_manage)
def discard_form(form_draft_id: int) -> ResponseReturnValue:
    """Give a draft up."""
    designing.discard(form_draft_id, by=current_actor(), at=clock.now())
    flash(_("The draft was discarded. Nothing of it is in force."), "success")
    return redirect(url_for(".forms"), 303)


def _sent() -> Sent:
    return {"revision": sent_revision(), "by": current_actor(), "at": clock.now()}


def _edited(
    draft: FormDefinition,
    filling: Filling,
    change: Callable[[dict[str, Any], Sent], object],
    question: form_questions.Question | None = None,
) -> ResponseReturnValue:
    """Show what is being changed, or change it. Who comes too late keeps what he typed (409)."""
    try:
        if filling.done(lambda values: change(values, _sent())):
            flash(_("Kept in the draft."), "success")
            return redirect(str(request.path), 303)
    except Conflict as refusal:
        db.session.rollback()
        return page(draft.id, filling, question, refusal), 409
    return page(draft.id, filling, question), filling.status


def _act(form_draft_id: int, act: Callable[[Sent], object], anchor: str | None = None) -> ResponseReturnValue:
    return _acted(form_draft_id, act) or redirect(
        url_for(".form_draft", form_draft_id=form_draft_id, _anchor=anchor), 303
    )


def _acted(form_draft_id: int, act: Callable[[Sent], object]) -> ResponseReturnValue | None:
    """Do it; the page with the refusal where that was not possible."""
    try:
        act(_sent())
    except (Invalid, Conflict) as refusal:
        db.session.rollback()
        status = 422 if isinstance(refusal, Invalid) else 409
        return page(form_draft_id, None, None, refusal), status
    return None


def page(
    form_draft_id: int,
    filling: Filling | None,
    question: form_questions.Question | None,
    refusal: Invalid | Conflict | None = None,
) -> str:
    """The designer's page, with the draft as it is now."""
    draft = designing.find(form_draft_id)
    form = catalogue.of(draft.entry)
    can_undo, can_redo = designing.steps_around(draft)
    return render_template(
        "studio/form_draft.html",
        draft=draft,
        form=form,
        contract=form.contract,
        taken_out=[form.contract[name] for name in questioning.taken_out(draft)],
        kinds=questioning.KINDS,
        kind_names=KIND_NAMES,
        can_undo=can_undo,
        can_redo=can_redo,
        filling=filling,
        question=question,
        refusal=refusal,
        **(_parts(form, question) if question is not None else {}),
    )


def _parts(form: Form, question: form_questions.Question) -> dict[str, Any]:
    """The choices and rules of a question."""
    typed: MultiDict[str, str] | None = request.form if request.method == "POST" else None
    asked = Field.of(question)
    return {
        "choices": form_questions.choices(question, typed),
        "rules": (
            form_rules.shown("visible", asked.visible_when, typed),
            form_rules.shown("required", asked.required_when, typed),
        ),
        "statements": form_rules.statements([one for one in form.fields if one.name != question["name"]]),
    }
