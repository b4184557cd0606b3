"""What the address narrows the board and its queues to, and how that reads as chips."""

from collections.abc import Iterator
from typing import Any

from flask import request
from flask_babel import gettext as _

from engine.catalog.models import Category
from engine.grids.models import Region, ResponsibilityGrid
from engine.kit import clock
from engine.kit.db import db
from engine.organization.models import Department, User
from engine.supervision.queues import NOBODY, Moment, Narrowing
from web import languages
from web.presenting import address_with

HOURS = (2, 4, 8, 24)
MOST_HOURS = 240
NAMES = ("department", "street", "grid", "category", "person")


def asked_for() -> Narrowing:
    """The narrowing of this address; what cannot be read narrows nothing."""
    args = request.args
    return Narrowing(
        department=args.get("department", type=int),
        street=args.get("street", "")[:12] or None,
        grid=args.get("grid", type=int),
        category=args.get("category", type=int),
        person=args.get("person", type=int),
    )


def moment() -> Moment:
    """Now, with the hours that the address asks for, else the setting's."""
    hours = request.args.get("hours", type=int)
    return Moment.of(clock.now(), hours if hours and 0 < hours <= MOST_HOURS else None)


def kept() -> dict[str, str]:
    """The part of the address that narrows, to be carried along."""
    return {name: request.args[name] for name in (*NAMES, "hours") if request.args.get(name)}


def chips() -> list[dict[str, str]]:
    """What is narrowed to, each with the address without it."""
    return [
        {"label": label, "value": value, "without": address_with(**{name: None, "page": None})}
        for name, label, value in _named(asked_for())
    ]


def _named(wanted: Narrowing) -> Iterator[tuple[str, str, str]]:
    labels: dict[str, tuple[str, Any]] = {
        "department": (_("Department"), Department),
        "street": (_("Street"), Region),
        "grid": (_("Responsibility grid"), ResponsibilityGrid),
        "category": (_("Category"), Category),
        "person": (_("Handler"), User),
    }
    for name, (label, model) in labels.items():
        value = getattr(wanted, name)
        if value in (NOBODY, "-"):
            yield name, label, _("none")
        elif value is not None and (row := db.session.get(model, value)) is not None:
            yield name, label, _name(row)


def _name(row: Department | Region | ResponsibilityGrid | Category | User) -> str:
    if isinstance(row, Department):
        return row.short_name
    if isinstance(row, Category) and languages.chosen() == "en":
        return row.name_en or row.name
    return row.name
