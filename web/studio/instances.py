"""The page of one instance, and what administrators do to it: move a token, end a branch or all, set a timer."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.cases import relocating as case_rules
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import CityLoopError, Conflict, Invalid
from engine.kit.i18n import N_
from engine.process import actions, drawing
from engine.process.errors import InstanceEnded
from engine.process.relocating import Board, Target
from engine.studio import inspecting, mending
from engine.studio.inspecting import Page
from web.configuration import current_config
from web.confirming import asks_first
from web.guards import requires
from web.session import current_actor
from web.studio import telling, trying
from web.studio.door import door, sent_revision
from web.studio.trying import Facts

P = Permission
CANCEL = N_("End the process for good")
CANCEL_LEADS_TO = N_(
    "The process ends and the case becomes void: its time limits stop, its open steps and timers go, and nobody can go "
    "on with it. It stays on record with your name and reason, and counts in the voiding rate."
)
DELIVERIES = {
    "pending": N_("waits for a worker"),
    "done": N_("done"),
    "failed": N_("failed; an incident is open"),
    "cancelled": N_("cancelled with its step"),
}


@door.get("/instances/<int:instance_id>")
@requires(P.process_watch)
def instance(instance_id: int) -> ResponseReturnValue:
    """One instance: its drawing with tokens, what they know, its history, and what it waits for."""
    return _page(inspecting.page(instance_id))


@door.get("/instances/<int:instance_id>/tokens/<task_id>/places")
@requires(P.process_relocate)
def choose_place(instance_id: int, task_id: str) -> ResponseReturnValue:
    """Where a token could go, and why not elsewhere."""
    return _choice(instance_id, task_id)


@door.post("/instances/<int:instance_id>/tokens/<task_id>/relocation")
@requires(P.process_relocate)
@asks_first(N_("Move the case"), N_("Its open step is taken back, and the case waits at the new one."))
def relocate(instance_id: int, task_id: str) -> ResponseReturnValue:
    """Put a token on another node."""
    try:
        mending.move(
            instance_id, task_id, request.form.get("node", ""), revision=sent_revision(),
            reason=request.form.get("reason", ""), by=current_actor(), at=clock.now(),
        )  # fmt: skip
    except Invalid as refusal:
        db.session.rollback()
        return _choice(instance_id, task_id, refusal), 422
    flash(_("The case has been moved."), "success")
    return redirect(url_for(".instance", instance_id=instance_id), 303)


@door.post("/instances/<int:instance_id>/tokens/<task_id>/removal")
@requires(P.process_end_branch)
@asks_first(N_("End this branch"), N_("Its open step is taken back; the other branches of the case go on."))
def end_branch(instance_id: int, task_id: str) -> ResponseReturnValue:
    """Take one of several tokens off."""
    try:
        mending.take_off(
            instance_id, task_id, revision=sent_revision(), reason=request.form.get("reason", ""), by=current_actor(),
            at=clock.now(),
        )  # fmt: skip
    except Invalid as refusal:
        db.session.rollback()
        return _page(inspecting.page(instance_id), refusal, task_id), 422
    flash(_("The branch has ended; the others go on."), "success")
    return redirect(url_for(".instance", instance_id=instance_id), 303)


@door.post("/instances/<int:instance_id>/cancellation")
@requires(P.process_cancel)
@asks_first(CANCEL, CANCEL_LEADS_TO)
def cancel(instance_id: int) -> ResponseReturnValue:
    """End the process of a case for good."""
    try:
        mending.cancel(
            instance_id, revision=sent_revision(), reason=request.form.get("reason", ""), by=current_actor(),
            at=clock.now(),
        )  # fmt: skip
    except Invalid as refusal:
        db.session.rollback()
        return _page(inspecting.page(instance_id), refusal, "cancellation"), 422
    flash(_("The process has ended, and the case is void."), "success")
    return redirect(url_for(".instance", instance_id=instance_id), 303)


@door.post("/instances/<int:instance_id>/timers/<int:timer_id>/moment")
@requires(P.process_retime)
def set_timer(instance_id: int, timer_id: int) -> ResponseReturnValue:
    """Let a timer fire at another moment."""
    try:
        mending.change_timer(
            timer_id, _moment(), reason=request.form.get("reason", ""), by=current_actor(), at=clock.now()
        )
    except Invalid as refusal:
        db.session.rollback()
        return _page(inspecting.page(instance_id), refusal, f"timer-{timer_id}"), 422
    flash(_("The timer has been set."), "success")
    return redirect(url_for(".instance", instance_id=instance_id), 303)


def _page(page: Page, refusal: Invalid | None = None, refused: str = "") -> str:
    facts = Facts(page.definition.xml, names_categories=False)
    return render_template(
        "studio/instance.html",
        page=page,
        picture=drawing.shared(page.definition.digest, page.definition.id),
        told=telling.history(page, facts),
        facts=facts,
        written=telling.written,
        deliveries=DELIVERIES,
        clocks=trying.CLOCKS,
        roles=trying.role_names(),
        actions={one.name: one.label for one in actions.offered()},
        cancel=(CANCEL, CANCEL_LEADS_TO),
        removable=_removable(page),
        refusal=refusal,
        refused=refused,
        local=lambda moment: clock.local(moment, current_config().time_zone).strftime("%Y-%m-%dT%H:%M"),
    )


def _removable(page: Page) -> set[str]:
    """The tokens that could be taken off, asked only where there are several."""
    if page.board is None or len(page.tokens) < 2:
        return set()
    return {token.spot.task_id for token in page.tokens if page.board.can_take_off(token.spot.task_id)}


def _choice(instance_id: int, task_id: str, refusal: Invalid | None = None) -> str:
    page = inspecting.page(instance_id)
    if page.board is None:
        raise InstanceEnded
    targets, general = _targets(page, page.board, task_id)
    return render_template(
        "studio/relocation.html",
        page=page,
        spot=page.board.spot(task_id),
        possible=[each for each in targets if not each.why_not],
        others=[each for each in targets if each.why_not],
        general=general,
        refusal=refusal,
    )


def _targets(page: Page, board: Board, task_id: str) -> tuple[list[Target], CityLoopError | None]:
    """Where it could go; and why it may not go anywhere, if the case forbids it altogether."""
    if page.case is not None:
        try:
            case_rules.check(page.case, page.instance.id)
        except Conflict as refusal:
            return [], refusal
    return mending.targets(board, task_id, page.case), None


def _moment() -> datetime:
    try:
        typed = datetime.fromisoformat(request.form.get("due_at", ""))
    except ValueError as error:
        raise Invalid.field("due_at", N_("Please give a day and a time.")) from error
    due = typed.replace(tzinfo=current_config().time_zone) if typed.tzinfo is None else typed
    if not clock.now().year - 1 <= due.year <= clock.now().year + 10:
        raise Invalid.field("due_at", N_("Please give a moment within the next ten years."))
    return due
