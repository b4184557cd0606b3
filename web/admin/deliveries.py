"""Deliveries that failed: why, when they are tried again, and sending them again, one or many."""

from dataclasses import dataclass
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from engine.access import queries as access
from engine.access.models import Role
from engine.access.permissions import LABELS, Permission
from engine.kit import clock
from engine.kit.i18n import N_
from engine.notifications import addressing, assessment_mail, queries, repeating
from engine.notifications.channels import registry
from engine.notifications.models import DeliveryState, Notice
from engine.organization import queries as organization
from web.admin.door import door
from web.confirming import asks_first
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
TOGETHER = {state.value: state for state in (DeliveryState.given_up, DeliveryState.failed, DeliveryState.in_doubt)}
"""Of which all can be sent again at once: not of those that must be told apart first."""
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
        channel=request.args.get("channel", ""),
        together=TOGETHER,
        latest=queries.latest(),
        lost=_lost(),
        readers=[one.name for one in assessment_mail.recipients()],
        unfound=assessment_mail.unfound(),
    )


@dataclass(frozen=True)
class Lost:
    """What reached nobody, and whom it was for: roles with their department or beat, or holders of a permission."""

    notice: Notice
    roles: list[tuple[Role | str, str]]
    permission: str


def _lost() -> list[Lost]:
    """What reached nobody, the newest first; nothing more is asked where there is none."""
    found = addressing.given_up()
    if not found:
        return []
    roles = {role.code: role for role in access.names().values()}
    places = {f"dept:{one.id}": one.short_name for one in organization.departments(with_closed=True)}
    labels = {key.value: label for group in LABELS.values() for key, label in group.items()}

    def named(group: str) -> tuple[Role | str, str]:
        code, _, place = group.partition("@")
        return roles.get(code, code), places.get(place, place)

    return [Lost(one, [named(group) for group in one.groups], labels.get(one.permission or "", "")) for one in found]


@door.post("/deliveries/repetition")
@requires(Permission.incident_manage)
def repeat_deliveries() -> ResponseReturnValue:
    """Send the ticked ones again. Raises NothingToRepeat."""
    ids = request.form.getlist("delivery", type=whole)
    count = repeating.repeat(ids, by=current_actor(), at=clock.now())
    flash(ngettext("One message is sent again.", "%(num)s messages are sent again.", count), "success")
    return redirect(url_for(".deliveries"), 303)


@door.post("/deliveries/repetition-of-all")
@requires(Permission.incident_manage)
@asks_first(N_("Send all again"), N_("Every message of this list leaves once more, page by page shown or not."))
def repeat_all_deliveries() -> ResponseReturnValue:
    """Send all of one state again, as far as the list showed that they are there. Raises NothingToRepeat."""
    count = repeating.repeat_all(
        TOGETHER.get(request.form.get("view", ""), DeliveryState.given_up),
        channel=request.form.get("channel", ""),
        until_id=request.form.get("until", 0, type=int),
        by=current_actor(),
        at=clock.now(),
    )
    flash(ngettext("One message is sent again.", "%(num)s messages are sent again.", count), "success")
    return redirect(url_for(".deliveries"), 303)


@door.post("/deliveries/announcements")
@requires(Permission.incident_manage)
def announce_again() -> ResponseReturnValue:
    """Look once more for the readers of what reached nobody. Raises NothingToRepeat."""
    count = repeating.announce_again(by=current_actor(), at=clock.now())
    flash(
        ngettext("One announcement is looked at again.", "%(num)s announcements are looked at again.", count), "success"
    )
    return redirect(url_for(".deliveries"), 303)
