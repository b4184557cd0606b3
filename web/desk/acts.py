"""The form of every act on a case, and what happens when it is sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, BinaryIO, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from engine.access.actors import Actor
from engine.cases import acts, answering, evidence, policy, queries, step_forms, steps
from engine.cases.acts import Act, Offer
from engine.cases.evidence import Upload
from engine.cases.models import Case
from engine.forms import catalogue
from engine.forms.catalogue import Form
from engine.forms.definition import YES, Field
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Conflict, Invalid
from engine.kit.i18n import N_
from web.desk import adjustments, choices, sentences, why
from web.desk import evidence as photographs
from web.desk.adjustments import Told
from web.desk.door import door
from web.desk.opened_forms import as_opened
from web.desk.why import Explained
from web.filling import Filling
from web.guards import requires
from web.session import current_actor

LOOK_AGAIN = "look_again"
"""Name of the button that asks for the conditions of another category where no script runs."""


@door.route("/cases/<int:case_id>/<name>", methods=["GET", "POST"])
@requires()
def act(case_id: int, name: str) -> ResponseReturnValue:
    """Fill in an act's form, and perform it. A page that is out of date answers 409 and keeps what was typed."""
    actor = current_actor()
    case = (queries.lock if request.method == "POST" else queries.get)(case_id, actor)
    offer = acts.find(name, steps.open_steps(case), request.values.get("task") or None)
    form = _form(offer)
    initial = choices.initial(form, case, request.args, clock.now()) if request.method == "GET" else None
    filling = Filling(form, initial=initial)
    try:
        by = acts.check(case, offer, actor)
        if LOOK_AGAIN not in request.form and filling.done(lambda values: _perform(case, offer, form, values, by)):
            flash(sentences.done(offer.act, case), "success")
            return redirect(url_for(".case", case_id=case_id), 303)
    except Conflict as refusal:
        db.session.rollback()
        return _page(case_id, offer.act, filling, refusal), 409
    return _page(case_id, offer.act, filling), filling.status


def _form(offer: Offer) -> Form:
    """The act's own form; a step that an administrator drew may name another.

    A step keeps the version of its form with which it opened (``step_forms``); any other page the one that it showed.
    """
    if offer.task is None:
        return as_opened(offer.act.name)
    is_own = offer.act is acts.CUSTOM and offer.task.form in catalogue.names()
    return step_forms.of(offer.task, str(offer.task.form) if is_own else offer.act.name)


def _perform(case: Case, offer: Offer, form: Form, values: dict[str, Any], actor: Actor) -> None:
    at = clock.now()
    if offer.act.is_grave and request.form.get("is_sure") != YES:
        raise Invalid.field("", N_("Please tick that you want this."))
    attach(case, form.fields, values, offer.act.photos, by=actor, at=at)
    with answering.answering(form, values):
        acts.carry_out(case, offer, values, by=actor, at=at)


def attach(
    case: Case, fields: Sequence[Field], values: dict[str, Any], photos: str | None, *, by: Actor, at: datetime
) -> None:
    """Keep the files that were handed in with these questions; photos under the phase ``photos``."""
    for field in fields:
        if field.kind in answering.FILES:
            phase = "document" if field.kind == "documents" else photos or "document"
            evidence.attach(case, uploads(values[field.name]), phase, by=by, at=at, field=field.name)


def uploads(files: list[FileStorage]) -> list[Upload]:
    """Files of a request as the engine takes them."""
    return [Upload(cast(BinaryIO, file.stream), file.filename or "") for file in files]


def _explanation(case: Case, offer: Offer) -> Explained | None:
    """Who dispatches sees beside the form what the authority list says."""
    if offer.task is None or offer.act.name != "dispatch":
        return None
    return why.of(case, [offer.task], current_actor(), clock.now())


def _adjustment(case: Case, offer: Offer) -> Told | None:
    """Who decides on a request, or takes it back, sees beside the form what was asked for."""
    is_about_one = offer.act.step in policy.APART_FROM_ASKING or offer.act.name == "adjustment_withdrawal"
    return adjustments.waiting(case) if is_about_one else None


def _page(case_id: int, act: Act, filling: Filling, refusal: Conflict | None = None) -> str:
    """The form. Everything is read anew: after a refusal nothing of what was begun may show."""
    case = queries.get(case_id, current_actor())
    offer = acts.find(act.name, steps.open_steps(case), request.args.get("task"))
    filling.options = choices.of(filling.form, case, filling.typed, task=offer.task)
    return render_template(
        "desk/act.html",
        case=case,
        act=act,
        task=offer.task,
        is_open=act.step is None or offer.task is not None,
        photos=photographs.of(case),
        explanation=_explanation(case, offer),
        adjustment=_adjustment(case, offer),
        preview=adjustments.preview(case, act.name, filling.typed, current_actor(), clock.now()),
        filling=filling,
        refusal=refusal,
        has_typed=request.method == "POST" or "draft" in request.args,
        submit=sentences.submit(act, filling.form, case),
        pattern=sentences.pattern(act, case),
        consequence=sentences.consequence(act),
        asks_category={"category_id", "filing_condition_id"} <= {field.name for field in filling.form.fields},
    )
