"""Versions of decision tables: bringing an earlier one back, taking one out of force."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.decisions import publishing, queries
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from web.confirming import asks_first
from web.guards import requires
from web.session import current_actor
from web.studio.door import door
from web.studio.tables import page

P = Permission


@door.post("/tables/<int:table_id>/restoration")
@requires(P.decision_manage)
@asks_first(N_("Bring this version back"), N_("Cases that are dispatched from now on are decided by it."))
def restore_table(table_id: int) -> ResponseReturnValue:
    """Put an earlier version in force again."""
    try:
        back = publishing.restore(table_id, reason=_reason(), by=current_actor(), at=clock.now())
    except Invalid as refusal:
        return _refused(table_id, refusal)
    flash(_("Version %(version)s is in force from now on.", version=back.version), "success")
    return redirect(url_for(".table", table_id=back.id), 303)


@door.post("/tables/<int:table_id>/withdrawal")
@requires(P.decision_manage)
@asks_first(N_("Take it out of force"), N_("From now on everything is decided as if there were no table."))
def withdraw_table(table_id: int) -> ResponseReturnValue:
    """Take a table out of force."""
    try:
        publishing.withdraw(table_id, reason=_reason(), by=current_actor(), at=clock.now())
    except Invalid as refusal:
        return _refused(table_id, refusal)
    flash(_("The table is out of force."), "success")
    return redirect(url_for(".tables"), 303)


def _reason() -> str:
    return request.form.get("reason", "")


def _refused(table_id: int, refusal: Invalid) -> ResponseReturnValue:
    db.session.rollback()
    return page(queries.get(table_id), refusal), 422
