"""Filters of lists, read from the address and written back as chips: a link shares a view."""

from collections.abc import Iterator

from flask import request
from flask_babel import gettext as _

from engine.cases import search
from engine.cases.models import Stage
from engine.cases.queries import CaseFilter
from engine.cases.routing import SOURCES
from engine.cases.worklist import LAMPS, WorkFilter
from engine.catalog.models import Category
from engine.grids.models import Region
from engine.kit.db import db
from engine.organization.models import Department
from web import times
from web.desk import counted_sets, wording
from web.presenting import address_with

LAMP_WORDS = wording.LAMPS
NUMBER_LENGTH = 20
NAMES = ("category", "department", "from", "lamp", "place", "q", "region", "set", "source", "stage", "state", "until")


def of_work() -> WorkFilter:
    """My work as the address asks for it; what cannot be read narrows nothing."""
    args = request.args
    return WorkFilter(
        queue=args.get("queue", ""),
        lamp=args.get("lamp", "") if args.get("lamp") in LAMPS else "",
        text=args.get("q", "").strip()[:100],
        category_id=args.get("category", type=int),
        region_code=args.get("region", "")[:12],
        is_mine="mine" in args,
    )


def of_cases() -> CaseFilter:
    """The list of cases as the address asks for it."""
    args = request.args
    words = args.get("q", "").strip()[:100]
    is_number = words.isdecimal() and len(words) == NUMBER_LENGTH
    return CaseFilter(
        number=words if is_number else "",
        text="" if is_number else words,
        place=args.get("place", "").strip()[:100],
        category_id=None if "set" in args else args.get("category", type=int),
        department_id=None if "set" in args else args.get("department", type=int),
        region_code="" if "set" in args else args.get("region", "")[:12],
        source="" if "set" in args else args.get("source", "")[:20],
        stages=tuple(stage for stage in args.getlist("stage") if stage in set(Stage)),
        is_open={"open": True, "ended": False}.get(args.get("state", "")),
        lamp=args.get("lamp", "") if args.get("lamp") in LAMPS else "",
        reported_from=times.midnight(args.get("from", "")),
        reported_until=times.midnight(args.get("until", ""), days=1),
        extra=counted_sets.asked_for(),
    )


def names() -> list[str]:
    """What the address narrows by, without the words: those may be a citizen's."""
    return sorted(name for name in NAMES if request.args.get(name))


def can_be_found() -> bool:
    """Is there a letter or a digit in each of the words typed? Signs alone find nothing."""
    typed = [request.args.get(name, "").strip() for name in ("q", "place")]
    return all(search.is_searchable(words) for words in typed if words)


def chips() -> list[dict[str, str]]:
    """The filters that are set, each with the address without it."""
    return [
        {"label": label, "value": value, "without": address_with(**{name: None, "page": None})}
        for name, label, value in _named()
    ]


def _named() -> Iterator[tuple[str, str, str]]:
    args = request.args
    if args.get("q"):
        yield "q", _("Words"), args["q"]
    if args.get("place"):
        yield "place", _("Place"), args["place"]
    if args.get("lamp") in LAMPS:
        yield "lamp", _("Lamp"), _(LAMP_WORDS[args["lamp"]])
    if args.get("state") in {"open", "ended"}:
        yield "state", _("State"), _("still running") if args["state"] == "open" else _("ended")
    if "mine" in args:
        yield "mine", "", _("given to me by name")
    yield from counted_sets.named() if "set" in args else _named_values()
    if args.get("from"):
        yield "from", _("Reported from"), args["from"]
    if args.get("until"):
        yield "until", _("Reported until"), args["until"]


def _named_values() -> Iterator[tuple[str, str, str]]:
    """Filters by the names of their values: what tells the cases of a counted set apart is told with the set."""
    stages = [_(wording.STAGES[stage]) for stage in request.args.getlist("stage") if stage in wording.STAGES]
    if stages:
        yield "stage", _("Stage"), _(", ").join(stages)
    if request.args.get("source") in SOURCES:
        yield "source", _("Source"), _(SOURCES[request.args["source"]])
    if (number := request.args.get("category", type=int)) and (category := db.session.get(Category, number)):
        yield "category", _("Category"), category.name
    if (number := request.args.get("department", type=int)) and (department := db.session.get(Department, number)):
        yield "department", _("Department"), department.short_name
    if (code := request.args.get("region")) and (region := db.session.get(Region, code)):
        yield "region", _("District"), region.name
