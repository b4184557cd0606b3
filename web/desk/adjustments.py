"""Adjustments on the page of their case, and what a request would change before it is sent or decided on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.actors import Actor
from engine.cases import adjusting, deciders, extension, queries, stages, suspension
from engine.cases.adjustment_models import Adjustment, AdjustmentState
from engine.cases.errors import NotInHand
from engine.cases.models import Case
from engine.deadlines.models import Clock
from engine.kit import clock
from engine.kit.errors import Conflict, Invalid
from engine.kit.i18n import N_
from engine.settings import values as settings
from web.desk import wording
from web.desk.door import door
from web.guards import requires
from web.session import current_actor

STATES = {
    "requested": N_("Requested"),
    "granted": N_("Granted"),
    "refused": N_("Refused"),
    "withdrawn": N_("Withdrawn"),
    "ended": N_("Ended"),
}


@dataclass(frozen=True)
class Told:
    """One adjustment with the names of who asked and who decided, and by how much in words."""

    row: Adjustment
    asked_by: str
    decided_by: str

    @property
    def kind(self) -> str:
        """Its name, an English msgid."""
        return wording.RESULTS.get(self.row.kind, self.row.kind)

    @property
    def state(self) -> str:
        """Where it stands, an English msgid."""
        return STATES[self.row.state]

    @property
    def reason(self) -> str:
        """An English msgid."""
        return wording.RESULTS.get(self.row.reason, self.row.reason)

    @property
    def amount(self) -> str:
        """By how much, in words; empty where nothing is extended."""
        return wording.limit(self.row.value, self.row.unit)

    @property
    def last_day(self) -> datetime | None:
        """The last day of a suspension, which ends with it."""
        return self.row.until - timedelta(seconds=1) if self.row.until else None

    @property
    def is_open(self) -> bool:
        """Does it wait for its decision?"""
        return self.row.state == AdjustmentState.requested


@dataclass(frozen=True)
class Preview:
    """What an act would do to the due moment. ``hindrance`` says why it would be refused, ``warning`` when it might.

    ``asked`` says who is asked first where the department has no head of its own.
    """

    due_before: datetime
    due_after: datetime | None
    is_provisional: bool
    limit: str
    hindrance: str = ""
    warning: str = ""
    asked: str = ""


def of(case: Case) -> list[Told]:
    """Every adjustment of a case, the newest first: one statement."""
    return [Told(row, asked_by or "", decided_by or "") for row, asked_by, decided_by in adjusting.told(case)]


def waiting(case: Case) -> Told | None:
    """The request that waits for its decision."""
    return next((one for one in of(case) if one.is_open), None)


@door.get("/cases/<int:case_id>/preview/<name>")
@requires()
def preview_of(case_id: int, name: str) -> ResponseReturnValue:
    """What a request would change with the answers given so far, as a piece of its form's page."""
    actor = current_actor()
    found = preview(queries.get(case_id, actor), name, request.args, actor, clock.now())
    return render_template("desk/_preview.html", preview=found)


def preview(case: Case, name: str, typed: Any, actor: Actor, at: datetime) -> Preview | None:
    """What ``name`` would change with what was ``typed`` so far; None for acts that move nothing."""
    if name not in _PREVIEWS or case.department_id not in actor.reach.department_ids:
        return None
    try:
        found = _PREVIEWS[name](case, extension.open_clocks(case)[stages.HANDLING], typed, at)
        return found if found.hindrance else replace(found, asked=_asked(case, actor))
    except (NotInHand, Conflict):
        return None


def _extension(case: Case, handling: Clock, typed: Any, at: datetime) -> Preview:
    hindrance, warning, after = "", "", None
    try:
        extension.check(case, handling, "weather", at)
        after = extension.due_after(handling, extension.asked_limit(handling, _number(typed.get("value"))), at=at)
        if not extension.is_noticed(handling, at):
            share = f"{settings.get(extension.NOTICE_SHARE):.0%}"
            warning = _(
                "Less than %(share)s of the limit is left: only bad weather or a sudden event counts now.",
                share=share,
            )
    except Invalid as refusal:
        hindrance = _sentence(refusal)
    return Preview(handling.due_at, after, handling.is_provisional, _limit(handling), hindrance, warning)


def _suspension(case: Case, handling: Clock, typed: Any, at: datetime) -> Preview:
    hindrance, after = "", None
    try:
        suspension.check(case, handling, at)
        day = _day(typed.get("until"))
        if day is not None:
            after = suspension.due_after(handling, suspension.checked_until(handling, day, at), at=at)
    except Invalid as refusal:
        hindrance = _sentence(refusal)
    return Preview(handling.due_at, after, handling.is_provisional, _limit(handling), hindrance)


_PREVIEWS: dict[str, Callable[[Case, Clock, Any, datetime], Preview]] = {
    "extension": _extension,
    "suspension": _suspension,
}


def _asked(case: Case, actor: Actor) -> str:
    """Who is asked first where nobody leads the department (or only the very person who asks)."""
    found = deciders.of(case, deciders.HEAD, actor.ids)
    if found.is_own:
        return ""
    if found.department is None:
        return _("Your department has no head who could decide on this now: the supervisors are asked first.")
    return _(
        "Your department has no head who could decide on this now: the head of %(department)s is asked first.",
        department=found.department.short_name,
    )


def _limit(clock: Clock) -> str:
    return wording.limit(clock.limit_value, clock.limit_unit)


def _sentence(refusal: Invalid) -> str:
    error = next(iter(refusal.fields.values()))[0]
    return _(error.text, **error.params)


def _number(text: Any) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
