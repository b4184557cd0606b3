"""Deliveries that failed: why, when they are tried again, and sending them again, one or many."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from engine.access.permissions import Permission
from engine.kit import clock
from engine.notifications import addressing, assessment_mail, queries, repeating
from engine.notifications.channels import registry
from engine.notifications.models import DeliveryState
from engine.organization import queries as people
from web.admin.door import door
from web.guards import requires
from web.numbers import whole
from web.session import current_actor

VIEWS = {
    "troubled": DeliveryState.troubled(),
    "given_up": frozenset({DeliveryState.given_up}),
    "failed": frozenset({DeliveryState.failed}),
    "in_doubt": frozenset({DeliveryState.in_doubt}),
    "waiting": frozenset({DeliveryState.to_send, DeliveryState.sending}),
}
COUNTED = timedelta(days=7)


@door.get("/deliveries")
@requires(Permission.incident_manage)
def deliveries() -> str:
    """What did not reach its reader, the newest first."""
    view = request.args.get("view", "troubled")
    view = view if view in VIEWS else "troubled"
    page = queries.troubled(
        VIEWS[view], channel=request.args.get("channel", ""), page=max(1, request.args.get("page", 1, type=int))
    )
    return render_template(
        "admin/deliveries.html",
        page=page,
        view=view,
        views=VIEWS,
        counts=queries.counts(clock.now() - COUNTED),
        channels=registry.offered(),
        lost=addressing.given_up(),
        readers=_readers(),
    )


@door.post("/deliveries/repetition")
@requires(Permission.incident_manage)
def repeat_deliveries() -> ResponseReturnValue:
    """Send the ticked ones again. Raises NothingToRepeat."""
    ids = request.form.getlist("delivery", type=whole)
    count = repeating.repeat(ids, by=current_actor(), at=clock.now())
    flash(ngettext("One message is sent again.", "%(num)s messages are sent again.", count), "success")
    return redirect(url_for(".deliveries"), 303)


def _readers() -> list[str]:
    """Who gets the monthly assessment by e-mail, as the settings stand."""
    found = assessment_mail.recipients()
    return [people.user(one.user_id).name if one.user_id else one.address or "" for one in found]
