"""Working calendars: weekly hours, seasons, dated exceptions, published years.

The standard calendar is the standard one in every city, whatever it is called there; any other goes by its name.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate

from engine.calendars import checks, opening, queries, seeds
from engine.calendars.errors import NothingChanged
from engine.calendars.hours import shown
from engine.calendars.models import Calendar
from engine.calendars.plans import Plan, PlannedDay
from engine.deadlines import recalculation
from engine.kit.errors import CityLoopError
from engine.kit.i18n import N_
from engine.studio.archive_comparing import Items, Told
from engine.studio.parts.part import PIECE, Hand, Part, Problem, refusals, shaped

STANDARD = "standard"
NAMED = "named/"
_DAY_OF_YEAR = validate.Regexp(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\Z")
_WEEKDAYS = {"0": N_("Monday"), "1": N_("Tuesday"), "2": N_("Wednesday"), "3": N_("Thursday"), "4": N_("Friday"),
             "5": N_("Saturday"), "6": N_("Sunday")}  # fmt: skip


def _segments() -> fields.List:
    stretch = fields.List(fields.Integer(strict=True), validate=validate.Length(equal=2))
    return fields.List(stretch, required=True, validate=validate.Length(max=12))


class _Week(Schema):
    season = fields.List(fields.String(validate=_DAY_OF_YEAR), validate=validate.Length(equal=2), required=True,
                         allow_none=True)  # fmt: skip
    days = fields.Dict(fields.String(validate=validate.OneOf(sorted(_WEEKDAYS))), _segments(), required=True)


class _Calendar(Schema):
    time_zone = fields.String(required=True, validate=validate.Length(1, 40))
    fixed_holidays = fields.List(fields.String(validate=_DAY_OF_YEAR), required=True, validate=validate.Length(max=60))
    weeks = fields.List(fields.Nested(_Week), required=True, validate=validate.Length(max=20))
    days = fields.Dict(
        fields.Date(format="%Y-%m-%d"),
        fields.Tuple((fields.String(), _segments(), fields.String(validate=validate.Length(max=60)))),
        required=True,
        validate=validate.Length(max=10_000),
    )
    published = fields.List(fields.Integer(strict=True), required=True, validate=validate.Length(max=100))


def _read() -> dict[str, Any]:
    return {_key(calendar): _item(calendar) for calendar in queries.calendars()}


def _key(calendar: Calendar) -> str:
    return STANDARD if calendar.is_standard else f"{NAMED}{calendar.name}"


def _item(calendar: Calendar) -> dict[str, Any]:
    kept = {"time_zone": calendar.time_zone, "fixed_holidays": sorted(calendar.fixed_holidays)}
    return kept | {name: _plain(value) for name, value in queries.plan(calendar).as_json().items()}


def _plain(value: Any) -> Any:
    """Tuples as the lists that JSON has for them, so that what is read from an archive can be equal."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _check(items: Items, at: datetime) -> list[Problem]:
    here = {_key(calendar): calendar for calendar in queries.calendars()}
    return shaped(_Calendar(), items) or [
        problem for key, item in items.items() for problem in _problems(key, item, here.get(key), at)
    ]


def _problems(key: str, item: Mapping[str, Any], calendar: Calendar | None, at: datetime) -> list[Problem]:
    if not 0 < len(_name(key)) <= 60:
        return [Problem(key, N_("This is no calendar of a configuration."))]
    if calendar is not None and not _is_alike(calendar, item):
        return [Problem(key, N_("The time zone and the fixed holidays of a calendar in use cannot be changed."))]
    try:
        opening.zone(item["time_zone"])
        checks.check(Plan.from_json(item), at)
    except CityLoopError as refusal:
        return refusals(key, refusal)
    return []


def _name(key: str) -> str:
    """What a calendar is called where it is new; empty for a key that is none."""
    return seeds.STANDARD_NAME if key == STANDARD else key.removeprefix(NAMED) if key.startswith(NAMED) else ""


def _is_alike(calendar: Calendar, item: Mapping[str, Any]) -> bool:
    """The rest of a calendar, which is settled when it is made."""
    kept = (calendar.time_zone, sorted(calendar.fixed_holidays))
    return kept == (item["time_zone"], sorted(item["fixed_holidays"]))


def _put(items: Items, hand: Hand) -> None:
    here = {_key(calendar): calendar for calendar in queries.calendars()}
    for key, item in items.items():
        plan = Plan.from_json(item)
        calendar = here.get(key) or opening.open_calendar(
            _name(key),
            item["time_zone"],
            plan.weeks,
            item["fixed_holidays"],
            by=hand.by,
            at=hand.at,
            is_standard=key == STANDARD,
        )
        # A new one may be no more than its hours.
        with suppress(NothingChanged):
            recalculation.replace(calendar, plan, by=hand.by, at=hand.at)


def _tell(item: Mapping[str, Any]) -> Told:
    plan = Plan.from_json(item)
    told = {"time_zone": item["time_zone"], "fixed_holidays": " ".join(item["fixed_holidays"])}
    for week in plan.weeks:
        season = [" – ".join(week.season)] if week.season else []
        told |= {PIECE.join([*season, str(number)]): shown(hours) for number, hours in week.days.items()}
    told |= {str(year): "published" for year in sorted(plan.published)}
    return told | {str(day): _day(one) for day, one in sorted(plan.days.items())}


def _day(planned: PlannedDay) -> str:
    return PIECE.join(filter(None, (planned.kind, shown(planned.segments), planned.note)))


PART = Part(
    "calendars",
    N_("Calendars"),
    read=_read,
    check=_check,
    put=_put,
    tell=_tell,
    title=lambda key, item: key if key == STANDARD else _name(key),  # noqa: ARG005 - its name is its key
    words={
        "time_zone": N_("Time zone"),
        "fixed_holidays": N_("Days off in every year"),
        "standard": N_("Standard calendar"),
        "published": N_("published"),
        "off": N_("Day off"),
        "work": N_("Working day (in exchange)"),
        **_WEEKDAYS,
    },
)
