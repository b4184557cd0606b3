"""The escalation ladder, clock by clock; a clock without rungs of its own follows every other one."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate

from engine.access import queries as access
from engine.calendars.working_time import Limit, Unit
from engine.kit.i18n import N_
from engine.studio.archive_comparing import Items, Told
from engine.studio.parts.part import PIECE, Hand, Part, Problem, shaped
from engine.supervision import ladder, rungs
from engine.supervision.ladder import Rung
from engine.supervision.models import Base, RungAction


class _Rung(Schema):
    base = fields.String(required=True, validate=validate.OneOf([one.value for one in Base]))
    action = fields.String(required=True, validate=validate.OneOf([one.value for one in RungAction]))
    role = fields.String(required=True)
    value = fields.Float(required=True, allow_nan=False, validate=validate.Range(0, 99_999))
    unit = fields.String(required=True, validate=validate.OneOf([one.value for one in rungs.UNITS]))


class _Ladder(Schema):
    rungs = fields.List(fields.Nested(_Rung), required=True)


def _read() -> dict[str, Any]:
    ladder.look_again()
    own = {clock: ladder.own_rungs(clock) for clock in rungs.NAMES}
    return {clock: {"rungs": [_plain(rung) for rung in found]} for clock, found in own.items() if found}


def _plain(rung: Rung) -> dict[str, Any]:
    value, unit = (rung.wait.value, rung.wait.unit) if rung.wait else (0.0, Unit.working_hours)
    return {"base": rung.base.value, "action": rung.action.value, "role": rung.role, "value": float(value),
            "unit": unit.value}  # fmt: skip


def _rungs(item: Mapping[str, Any]) -> tuple[Rung, ...]:
    return rungs.in_order(_rung(one) for one in item["rungs"])


def _rung(one: Mapping[str, Any]) -> Rung:
    wait = Limit(one["value"], Unit(one["unit"])) if one["value"] else None
    return Rung(Base(one["base"]), wait, RungAction(one["action"]), one["role"])


def _check(items: Items, at: datetime) -> list[Problem]:  # noqa: ARG001 - as every part's
    roles = {role.code for role in access.roles()}
    return shaped(_Ladder(), items) or [one for clock, item in items.items() for one in _problems(clock, item, roles)]


def _problems(clock: str, item: Mapping[str, Any], roles: Collection[str]) -> Iterable[Problem]:
    if clock not in rungs.NAMES:
        return [Problem(clock, N_("The program has no such clock."))]
    return [Problem(clock, text, params) for text, params in rungs.problems(_rungs(item), roles)]


def _put(items: Items, hand: Hand) -> None:
    for clock, item in items.items():
        ladder.replace(clock, _rungs(item), by=hand.by, at=hand.at)


def _remove(clocks: Collection[str], hand: Hand) -> None:
    for clock in clocks:
        ladder.replace(clock, (), by=hand.by, at=hand.at)


def _tell(item: Mapping[str, Any]) -> Told:
    return {str(number): _told(one) for number, one in enumerate(item["rungs"], 1)}


def _told(one: Mapping[str, Any]) -> str:
    wait = [f"{one['value']:g}", one["unit"]] if one["value"] else []
    return PIECE.join([one["base"], *wait, one["action"], one["role"]])


PART = Part(
    "ladder",
    N_("Escalation"),
    read=_read,
    check=_check,
    put=_put,
    tell=_tell,
    title=lambda key, item: key,  # noqa: ARG005 - a clock is called as among the words
    remove=_remove,
)
