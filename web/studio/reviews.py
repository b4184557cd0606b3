"""Review: handing a draft in, and the second person's page, where it is agreed to (and so published) or returned."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Invalid, NotFound
from engine.process.models import ProcessDefinition
from engine.studio import commenting, reviewing
from engine.studio.models import DraftState, StudioDraft
from web import languages, rail
from web.guards import requires
from web.session import current_actor
from web.studio.comparing import compared
from web.studio.door import door, sent_revision
from web.studio.versions import names_of

P = Permission
EMPTY = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="none" targetNamespace="urn:none"/>'
)
"""What a process that is quite new is compared with."""


@door.get("/reviews")
@requires(P.process_review)
def reviews() -> ResponseReturnValue:
    """What waits for a second person."""
    drafts = reviewing.waiting()
    return render_template(
        "studio/reviews.html",
        drafts=drafts,
        for_me=reviewing.ids_for(current_actor().id),
        names=names_of({draft.submitted_by_id for draft in drafts}),
    )


@rail.counted("studio.reviews")
def waiting(actor: Actor) -> int:
    """How many drafts wait for this person."""
    return reviewing.count_for(actor.id)


@door.get("/drafts/<int:draft_id>/review")
@requires(P.process_review, P.process_manage)
def review(draft_id: int) -> ResponseReturnValue:
    """What the draft changes, what its makers say, what the check says; with the acts of whoever may do them."""
    return _page(_find(draft_id))


@door.post("/drafts/<int:draft_id>/submission")
@requires(P.process_manage)
def submit_draft(draft_id: int) -> ResponseReturnValue:
    """Hand it in, with a note."""
    form = request.form
    try:
        reviewing.submit(draft_id, revision=sent_revision(), note=form.get("note", ""), has_read="has_read" in form,
                         by=current_actor(), at=clock.now())  # fmt: skip
    except Invalid as refusal:
        db.session.rollback()
        return _page(_find(draft_id), refusal), 422
    flash(_("Handed in. Somebody who did not draw it reviews it now."), "success")
    return redirect(url_for(".review", draft_id=draft_id), 303)


@door.post("/drafts/<int:draft_id>/withdrawal")
@requires(P.process_manage)
def withdraw_draft(draft_id: int) -> ResponseReturnValue:
    """Take it back, to go on drawing."""
    reviewing.withdraw(draft_id, by=current_actor(), at=clock.now())
    flash(_("Taken back. It can be drawn in again."), "success")
    return redirect(url_for(".draft", draft_id=draft_id), 303)


@door.post("/drafts/<int:draft_id>/approval")
@requires(P.process_review)
def approve_draft(draft_id: int) -> ResponseReturnValue:
    """Agree, and so publish."""
    try:
        published = reviewing.approve(draft_id, revision=sent_revision(), note=request.form.get("note", ""),
                                      by=current_actor(), at=clock.now())  # fmt: skip
    except Invalid as refusal:
        db.session.rollback()
        return _page(_find(draft_id), refusal), 422
    flash(
        _("%(name)s, version %(version)s, is in force for new cases.", name=published.name, version=published.version),
        "success",
    )
    return redirect(url_for(".version", definition_id=published.id), 303)


@door.post("/drafts/<int:draft_id>/rejection")
@requires(P.process_review)
def return_draft(draft_id: int) -> ResponseReturnValue:
    """Return it with a reason."""
    try:
        reviewing.send_back(draft_id, revision=sent_revision(), reason=request.form.get("reason", ""),
                            by=current_actor(), at=clock.now())  # fmt: skip
    except Invalid as refusal:
        db.session.rollback()
        return _page(_find(draft_id), refusal), 422
    flash(_("Returned to those who draw it."), "success")
    return redirect(url_for(".reviews"), 303)


def _find(draft_id: int) -> StudioDraft:
    draft = db.session.get(StudioDraft, draft_id)
    if draft is None or draft.state == DraftState.discarded:
        raise NotFound
    return draft


def _page(draft: StudioDraft, refusal: Invalid | None = None) -> str:
    base = db.session.get(ProcessDefinition, draft.based_on_id) if draft.based_on_id else None
    before = base.xml if base is not None else EMPTY
    sides = compared(before, draft.xml)
    errors, warnings = reviewing.findings(draft.xml, rehearse=False)
    actor, is_handed_in = current_actor(), draft.state == DraftState.submitted
    is_mine = actor.id in reviewing.makers(draft)
    return render_template(
        "studio/review.html",
        draft=draft,
        base=base,
        errors=errors,
        warnings=warnings,
        may_review=is_handed_in and actor.has(P.process_review) and not is_mine,
        may_withdraw=is_handed_in and actor.has(P.process_manage) and is_mine,
        names=names_of({draft.submitted_by_id, draft.changed_by_id, draft.reviewed_by_id}),
        refusal=refusal,
        locale=languages.chosen(),
        comments=[one for one in commenting.of(draft.id) if not one.resolved_by],
        element_names={shape.id: shape.name for shape in sides["pictures"][1].shapes},
        **sides,
    )
