"""The cases behind a number of an assessment: the very predicate that counted them, asked for in the address."""

from flask import request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement


def asked_for() -> ColumnElement[bool] | None:
    """The predicate of ``?set=…&month=…`` with its dimensions; None where no set is asked for."""
    return None if not request.args.get("set") else _predicate()


def title() -> str:
    """What the set is called, with its month."""
    return f"{_(request.args['set'])} {request.args.get('month', '')}".strip()


def _predicate() -> ColumnElement[bool] | None:
    return None
