"""The escalation ladder: who hears of a clock that runs out, and how long after."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access import queries as access
from engine.access.permissions import Permission
from engine.calendars.working_time import Limit, Unit
from engine.cases.recipients import HOLDER
from engine.kit import clock as clocks
from engine.kit.errors import FieldError, NotFound
from engine.kit.i18n import N_
from engine.supervision import ladder
from engine.supervision.errors import StaleLadder
from engine.supervision.models import Base, RungAction
from engine.supervision.rungs import LONGEST, MOST, NAMES, NOBODY, TOO_LONG, UNITS, in_order, is_long
from web import languages
from web.admin import wording
from web.admin.door import door
from web.desk import wording as desk
from web.guards import requires
from web.session import current_actor


@dataclass
class Line:
    """One rung as it was typed; a line without an action is left out."""

    base: str = Base.due.value
    value: str = ""
    unit: str = Unit.working_hours.value
    action: str = ""
    role: str = ""
    errors: dict[str, list[FieldError]] = field(default_factory=dict)


@door.get("/escalation")
@requires(Permission.settings_manage)
def escalation() -> ResponseReturnValue:
    """Every ladder, in words."""
    known = {name: ladder.own_rungs(name) for name in NAMES}
    own = {name: rungs for name, rungs in known.items() if rungs}
    return render_template(
        "admin/escalation.html", ladders=own, others=[name for name in NAMES if name not in own], **_words()
    )


@door.route("/escalation/<clock>", methods=["GET", "POST"])
@requires(Permission.settings_manage)
def ladder_of(clock: str) -> ResponseReturnValue:
    """Change the ladder of one clock: its rungs as lines, three empty ones below."""
    if clock not in NAMES:
        raise NotFound
    if request.method == "GET":
        return _page(clock, [_line(rung) for rung in ladder.own_rungs(clock)])
    return _changed(clock)


def _changed(clock: str) -> ResponseReturnValue:
    lines = _typed(request.form)
    rungs = [rung for line in lines if line.action and (rung := _read(line)) is not None]
    if any(line.errors for line in lines):
        return _page(clock, lines), 422
    wanted, shown = in_order(rungs), request.form.get("seen")
    try:
        ladder.replace(clock, wanted, by=current_actor(), at=clocks.now(), instead_of=shown)
    except StaleLadder as refusal:
        return _page(clock, lines, refusal), 409
    flash(_("The ladder is changed. It holds for clocks that are on their way, too."), "success")
    return redirect(url_for(".escalation"), 303)


def _page(clock: str, lines: list[Line], refusal: StaleLadder | None = None) -> str:
    """The lines; where somebody was faster with the ladder as it is now, which the next change then replaces."""
    ladder.look_again()
    present = ladder.own_rungs(clock)
    shown = [line for line in lines if line.action or line.errors]
    empty = [Line() for _ in range(min(3, MOST - len(shown)))]
    return render_template(
        "admin/ladder.html",
        clock=clock,
        lines=shown + empty,
        seen=ladder.seen(present) if not any(line.errors for line in lines) else request.form.get("seen", ""),
        refusal=refusal,
        present=present,
        bases=_choices(wording.BASES),
        units=_choices(wording.UNITS),
        actions=_choices(wording.RUNG_ACTIONS),
        **_words(),
    )


def _choices(names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, _(name)) for code, name in names.items()]


def _words() -> dict[str, object]:
    english = languages.chosen() == "en"
    roles = {role.code: role.name_en if english else role.name for role in access.roles()}
    return {
        "roles": {HOLDER: _("whoever has it in hand")} | roles,
        "clock_names": wording.CLOCKS,
        "limit_words": desk.limit,
        "base_names": wording.BASES,
        "action_names": wording.RUNG_ACTIONS,
    }


def _line(rung: ladder.Rung) -> Line:
    value, unit = (f"{rung.wait.value:g}", rung.wait.unit) if rung.wait else ("0", Unit.working_hours)
    return Line(rung.base.value, value, unit.value, rung.action.value, rung.role)


def _typed(form: Mapping[str, str]) -> list[Line]:
    return [
        Line(
            base=form.get(f"base-{number}", "").strip(),
            value=form.get(f"value-{number}", "").strip(),
            unit=form.get(f"unit-{number}", "").strip(),
            action=form[f"action-{number}"].strip(),
            role=form.get(f"role-{number}", "").strip(),
        )
        for number in range(1, MOST + 1)
        if f"action-{number}" in form
    ]


def _read(line: Line) -> ladder.Rung | None:
    """A line as a rung; None where something is wrong with it, which its ``errors`` say."""
    if line.base not in wording.BASES or line.unit not in UNITS or line.action not in wording.RUNG_ACTIONS:
        line.errors["action"] = [FieldError(N_("Please choose one from the list."))]
    if line.role not in _words()["roles"]:  # type: ignore[operator]
        line.errors["role"] = [FieldError(NOBODY)]
    wait = _hours(line.value or "0")
    if wait is None:
        line.errors["value"] = [FieldError(TOO_LONG, {"most": LONGEST})]
    if line.errors or wait is None:
        return None
    limit = Limit(wait, Unit(line.unit)) if wait else None
    return ladder.Rung(Base(line.base), limit, RungAction(line.action), line.role)


def _hours(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return None if is_long(value) else value
