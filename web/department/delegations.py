"""Who stands in for whom: everybody's own page, and the head's of his people."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access import delegating
from engine.access.errors import NothingToDelegate
from engine.access.models import Delegation
from engine.access.permissions import Permission
from engine.forms import catalogue
from engine.forms.definition import Option
from engine.kit import clock
from engine.kit.errors import Conflict, FieldError
from engine.organization.models import User
from web import session
from web.configuration import current_config
from web.department.door import door
from web.department.load import led
from web.filling import Filling
from web.guards import requires
from web.session import current_actor


@door.route("/me/delegations", methods=["GET", "POST"])
@requires()
def delegations() -> ResponseReturnValue:
    """Name a colleague for a time; end what runs."""
    user = session.current_user_row()
    filling = Filling(catalogue.load("delegation"), initial=_tomorrow())
    people = _people(user)
    filling.options = {"stand_ins": [Option(str(one.id), _shown(one)) for one in people]}
    status = 200
    try:
        if filling.done(lambda values: _delegate(user, values)):
            flash(_("Done. It begins and ends by itself."), "success")
            return redirect(url_for(".delegations"), 303)
    except Conflict as refusal:
        filling.errors, status = {"": [FieldError(refusal.message_id, refusal.params)]}, 409
    page = render_template(
        "department/delegations.html",
        filling=filling,
        may_delegate=bool(people),
        rows=delegating.of_person(user.id, at=clock.now()),
        user=user,
        now=clock.now(),
    )
    return page, status if status != 200 else filling.status


@door.get("/department/delegations")
@requires(Permission.department_lead)
def delegations_of_mine() -> ResponseReturnValue:
    """Who of my people is away, and who stands in."""
    now = clock.now()
    return render_template(
        "department/delegations_of_mine.html", rows=delegating.of_departments(led(), at=now), now=now
    )


@door.post("/me/delegations/<int:delegation_id>/end")
@requires()
def end_delegation(delegation_id: int) -> ResponseReturnValue:
    """End it at once."""
    row = delegating.revoke(delegation_id, by=current_actor(), at=clock.now())
    flash(_("Ended: %(name)s does not stand in any more.", name=row.stand_in.name), "success")
    is_head = request.form.get("of") == "department"
    return redirect(url_for(".delegations_of_mine" if is_head else ".delegations"), 303)


@door.app_context_processor
def _on_me() -> dict[str, object]:
    return {"delegations_of_reader": _of_reader}


def _of_reader() -> Sequence[Delegation]:
    return delegating.of_person(current_actor().id or 0, at=clock.now())


def _people(user: User) -> list[User]:
    try:
        delegating.check_may_delegate(user)
    except NothingToDelegate:
        return []
    return delegating.stand_ins(user)


def _delegate(user: User, values: dict[str, Any]) -> None:
    delegating.delegate(
        user,
        values["to_user_id"],
        values["starts_at"],
        values["ends_at"],
        values["reason"],
        by=current_actor(),
        at=clock.now(),
    )


def _shown(user: User) -> str:
    department = user.posts[0].department.short_name if user.posts else ""
    return f"{user.name} · {department}" if department else user.name


def _tomorrow() -> dict[str, datetime]:
    """A proposal: the whole of tomorrow."""
    zone = current_config().time_zone
    day = clock.now().astimezone(zone).date() + timedelta(days=1)
    begin = datetime.combine(day, time.min, zone)
    return {"starts_at": begin, "ends_at": begin + timedelta(days=1)}
