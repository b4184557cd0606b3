"""The cases behind a number of an assessment: the very predicate that counted them, asked for in the address."""

from flask import g, request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from engine.catalog.models import Category
from engine.evaluation import opening
from engine.evaluation.opening import Opened
from engine.grids.models import Region
from engine.kit import clock
from engine.kit.db import db
from web.configuration import current_config


def asked_for() -> ColumnElement[bool] | None:
    """The predicate of ``?set=…&month=…`` with its dimensions; None where no set is asked for.

    Raises NoSuchSet, NotAMonth.
    """
    opened = _opened()
    return opened.predicate if opened else None


def title() -> str:
    """What the set is called, with its month, and the category or street it is narrowed to."""
    opened = _opened()
    if opened is None:
        return ""
    return " · ".join((_(opened.label), opened.period.name, *_narrowed(opened.values)))


def _opened() -> Opened | None:
    if "opened_set" not in g:
        g.opened_set = opening.read(request.args, current_config().time_zone, at=clock.now())
    return g.opened_set  # type: ignore[no-any-return]


def _narrowed(values: dict[str, str]) -> list[str]:
    """Departments, districts and sources have chips of their own; these have none."""
    system, _colon, rest = values.get("category", "").partition(":")
    kind, _colon, major = rest.partition(":")
    category = db.session.query(Category).filter_by(code_system=system, kind=kind, major_code=major).first()
    number = values.get("subcategory", "")
    subcategory = db.session.get(Category, int(number)) if number.isdecimal() else None
    street = db.session.get(Region, values["street"]) if "street" in values else None
    names = (category and category.major_name, subcategory and subcategory.name, street and street.name)
    return [name for name in names if name]
