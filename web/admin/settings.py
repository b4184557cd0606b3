"""Settings: what administrators change while the program runs."""

from collections import defaultdict

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.audit import queries as audit
from engine.audit.queries import Filter
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid, NotFound
from engine.settings import declarations, queries, values
from web.admin import wording
from web.admin.door import door
from web.guards import requires
from web.session import current_actor


@door.get("/settings")
@requires(Permission.settings_manage)
def settings() -> ResponseReturnValue:
    """Every setting with its value, by room."""
    return _page()


@door.post("/settings/<name>")
@requires(Permission.settings_manage)
def change_setting(name: str) -> ResponseReturnValue:
    """Change one setting."""
    setting = declarations.find(name)
    if setting is None:
        raise NotFound
    typed = request.form.get("value", "")
    try:
        values.set(setting, setting.read(typed), by=current_actor(), at=clock.now())
    except Invalid as refusal:
        db.session.rollback()
        return _page(name, typed, refusal.fields.get("value", [])), 422
    flash(_("%(name)s is changed.", name=_(setting.label)), "success")
    return redirect(url_for(".settings", _anchor=name), 303)


@door.get("/settings/<name>/history")
@requires(Permission.settings_manage)
def setting_history(name: str) -> ResponseReturnValue:
    """What a setting was, since when, and who changed it; the newest change first."""
    setting = declarations.find(name)
    if setting is None:
        raise NotFound
    wanted = Filter(object_kind="setting", object_id=name)
    return render_template(
        "admin/setting_history.html",
        setting=setting,
        value=values.get(setting),
        page=audit.find(wanted, page=request.args.get("page", 1, type=int)),
        choice_names=wording.CODE_SYSTEMS,
    )


def _page(refused: str | None = None, typed: str = "", errors: list[FieldError] | None = None) -> str:
    rooms = defaultdict(list)
    for one in queries.listed():
        rooms[one.setting.name.partition(".")[0]].append(one)
    return render_template(
        "admin/settings.html",
        rooms=rooms,
        room_names=wording.ROOMS,
        choice_names=wording.CODE_SYSTEMS,
        refused=refused,
        typed=typed,
        errors=errors or [],
    )
