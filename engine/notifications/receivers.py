"""What the rooms below announce, and to whom it matters. Every listener writes one row, in the sender's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from engine.access.permissions import Permission
from engine.calendars.jobs import year_missing
from engine.calendars.models import Calendar
from engine.cases import adjusting, recipients, stages, step_notices, urging
from engine.cases.adjustment_models import Adjustment, AdjustmentKind, AdjustmentState
from engine.cases.models import Case, Stage
from engine.exports.making import ready as export_ready
from engine.exports.models import Export
from engine.kit.db import db
from engine.kit.i18n import N_
from engine.notifications.models import Delivery, DeliveryState
from engine.notifications.telling import tell
from engine.organization.leaving import account_closed
from engine.organization.models import User
from engine.process.incidents import opened
from engine.process.models import Incident, OpenTask
from engine.process.subjects import Placement, Step
from engine.studio import reviewing
from engine.studio.models import StudioDraft
from engine.supervision import orders
from engine.supervision.models import OrderState, SupervisionOrder
from engine.supervision.watching import escalated

STEP = "step_given"
GIVEN_BACK = {Stage.return_review.value, Stage.arbitration.value}
"""Stages of the centre's steps that a department's giving back opens; other work its pools see in their lists."""
ADJUSTMENTS = {
    AdjustmentKind.extension.value: N_("Extension"),
    AdjustmentKind.suspension.value: N_("Suspension"),
    AdjustmentKind.appeal.value: N_("Appeal"),
}
OUTCOMES = {
    AdjustmentState.granted.value: N_("granted"),
    AdjustmentState.refused.value: N_("refused"),
    AdjustmentState.withdrawn.value: N_("withdrawn"),
    OrderState.accepted.value: N_("the answer is accepted"),
    OrderState.open.value: N_("the answer is sent back; another is needed"),
}


@stages.given.connect
def tell_of_step(
    case: Case, step: Step | OpenTask, placement: Placement, by_id: int | None, at: datetime, **_: Any
) -> None:
    """Somebody by name, a department's people, a beat's collectors, whoever decides on what a department asks for.

    With them, in the same row, whom the drawing chooses: when the step opens, not when one gives it to another. The
    step in which a suspension lasts is nothing to do: whoever asked for it hears that it is granted.
    """
    if step.stage == Stage.suspended:
        return
    kind = _told_as(step, placement)
    groups = list(step_notices.others(case, step)) if isinstance(step, Step) else []
    if kind and placement.group and placement.assignee_id is None:
        groups.insert(0, placement.group)
    if kind or groups:
        people = [placement.assignee_id]
        tell(kind or STEP, at=at, case=case, user_ids=people, groups=groups, except_id=by_id, step=step.name)


def _told_as(step: Step | OpenTask, placement: Placement) -> str | None:
    """What those hear whose work it is; None: a pool of the city, which sees it in its list."""
    if placement.assignee_id is not None or isinstance(step, OpenTask):  # Who gives an open step on names somebody.
        return STEP
    if not placement.group:
        return None
    if step.clock == adjusting.CLOCK:
        return "adjustment_requested"
    if "@" in placement.group or step_notices.tells_role(step):
        return STEP
    return "returned" if step.stage in GIVEN_BACK else None


@stages.taken_away.connect
def tell_of_step_taken(case: Case, step: Step, user_id: int, by_id: int | None, at: datetime, **_: Any) -> None:
    """Whoever had a step by name until somebody gave it away or took it over."""
    tell("step_taken", at=at, case=case, user_ids=[user_id], except_id=by_id, step=step.name)


@urging.urged.connect
def tell_of_urging(case: Case, to: str, at: datetime, **_: Any) -> None:
    """Whoever is urged: a role, as it is served on this case."""
    tell("urged", at=at, case=case, user_ids=recipients.of(case, to))


@escalated.connect
def tell_of_escalation(case: Case, user_ids: list[int], at: datetime, **_: Any) -> None:
    """Whoever stands on this rung of the ladder."""
    tell("escalated", at=at, case=case, user_ids=user_ids)


@orders.issued.connect
def tell_of_order(order: SupervisionOrder, at: datetime, **_: Any) -> None:
    """Whoever answers for the department: its clerks and its head."""
    people = {id for role in ("handling_clerk", "department_head") for id in recipients.of(order.case, role)}
    tell("order_issued", at=at, case=order.case, user_ids=sorted(people), order=order.number)


@orders.replied.connect
def tell_of_reply(order: SupervisionOrder, at: datetime, **_: Any) -> None:
    """Whoever issued it; the supervisors, where the program did."""
    people = [order.issued_by_id] if order.issued_by_id else recipients.of(order.case, "supervisor")
    tell("order_replied", at=at, case=order.case, user_ids=people, except_id=order.replied_by_id, order=order.number)


@orders.reviewed.connect
def tell_of_review(order: SupervisionOrder, at: datetime, **_: Any) -> None:
    """Whoever answered it."""
    outcome = OUTCOMES.get(order.state, order.state)
    people = [order.replied_by_id]
    tell("order_reviewed", at=at, case=order.case, user_ids=people, order=order.number, outcome=outcome)


@adjusting.decided.connect
def tell_of_decision(adjustment: Adjustment, case: Case, at: datetime, **_: Any) -> None:
    """Whoever asked for it."""
    tell(
        "adjustment_decided",
        at=at,
        case=case,
        user_ids=[adjustment.requested_by_id],
        except_id=adjustment.decided_by_id,
        adjustment=ADJUSTMENTS.get(adjustment.kind, adjustment.kind),
        outcome=OUTCOMES.get(adjustment.state, adjustment.state),
    )


@year_missing.connect
def tell_of_missing_year(calendar: Calendar, years: list[int], at: datetime, **_: Any) -> None:
    """Whoever keeps calendars."""
    written = ", ".join(str(year) for year in years)
    tell("year_missing", at=at, permission=Permission.calendar_manage, calendar=calendar.name, years=written)


@opened.connect
def tell_of_incident(incident: Incident, at: datetime, **_: Any) -> None:
    """Whoever settles incidents."""
    tell("incident", at=at, permission=Permission.incident_manage, node=incident.node, is_urgent=True)


@export_ready.connect
def tell_of_export(export: Export, at: datetime, **_: Any) -> None:
    """Whoever asked for it."""
    tell("export_ready", at=at, user_ids=[export.user_id], count=export.written, export=export.id)


@reviewing.submitted.connect
def tell_of_draft(draft: StudioDraft, by_id: int | None, at: datetime, **_: Any) -> None:
    """Whoever reviews drawings."""
    may = Permission.process_review
    tell("draft_submitted", at=at, permission=may, except_id=by_id, drawing=draft.name, draft=draft.id)


@reviewing.sent_back.connect
def tell_of_draft_sent_back(draft: StudioDraft, by_id: int | None, at: datetime, **_: Any) -> None:
    """Those who drew it, and whoever handed it in."""
    people = sorted(reviewing.makers(draft))
    tell("draft_returned", at=at, user_ids=people, except_id=by_id, drawing=draft.name, draft=draft.id)


@reviewing.approved.connect
def tell_of_draft_approved(draft: StudioDraft, version: int, by_id: int | None, at: datetime, **_: Any) -> None:
    """The same."""
    people = sorted(reviewing.makers(draft))
    tell(
        "draft_published",
        at=at,
        user_ids=people,
        except_id=by_id,
        drawing=draft.name,
        version=version,
        definition=draft.published_id,
    )


@account_closed.connect
def drop_what_waits(user: User, **_: Any) -> None:
    """Nothing more is sent to somebody who has left."""
    waiting = (Delivery.user_id == user.id, Delivery.state.in_(sorted(DeliveryState.waiting())))
    dropped = {"state": DeliveryState.dropped.value, "next_at": None}
    db.session.execute(update(Delivery).where(*waiting).values(**dropped))
