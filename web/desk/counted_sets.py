"""The cases behind a number of an assessment: the very predicate that counted them, asked for in the address."""

from collections.abc import Iterator

from flask import request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from engine.evaluation import opening
from engine.kit import clock
from engine.statistics import naming
from reports import statistic as report
from reports.wording import Wording
from web import languages
from web.configuration import current_config
from web.desk.wording import STAGES


def asked_for() -> ColumnElement[bool] | None:
    """The predicate of ``?set=…&month=…`` (or ``&span=…``) with its dimensions; None where no set is asked for.

    Raises NoSuchSet, NotAMonth, NotAPeriod.
    """
    opened = _opened()
    return opened.predicate if opened else None


def named() -> Iterator[tuple[str, str, str]]:
    """What was counted: the set with its period, and what tells its cases apart; each with its name in addresses."""
    opened = _opened()
    if opened is None:
        return
    period = request.args.get("month") or opened.period.name.replace("..", " – ")
    yield "set", _("Counted as"), f"{_(opened.label)} {period}"
    names = {name: naming.names(name, keys) for name, keys in opened.values.items()}
    keys = opened.values | {kind: [part.key] for kind, part in opened.parts.items()}
    yield from report.keys_in_words(keys, names, Wording(languages.chosen(), current_config().time_zone), STAGES)


def _opened() -> opening.Opened | None:
    return opening.read(request.args.to_dict(flat=False), current_config().time_zone, at=clock.now())
