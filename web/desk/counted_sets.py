"""The cases behind a number of an assessment: the very predicate that counted them, asked for in the address."""

from flask import request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from engine.evaluation import opening
from engine.kit import clock
from web.configuration import current_config


def asked_for() -> ColumnElement[bool] | None:
    """The predicate of ``?set=…&month=…`` (or ``&span=…``) with its dimensions; None where no set is asked for.

    Raises NoSuchSet, NotAMonth, NotAPeriod.
    """
    opened = _opened()
    return opened.predicate if opened else None


def title() -> str:
    """What the set is called, with its period and the part of it."""
    opened = _opened()
    if opened is None:
        return ""
    period = request.args.get("month") or request.args.get("span", "").replace("..", " – ")
    return " ".join(filter(None, (_(opened.label), period, *(part.key for part in opened.parts))))


def _opened() -> opening.Opened | None:
    return opening.read(request.args.to_dict(flat=False), current_config().time_zone, at=clock.now())
