"""What a city's own questions were answered, in the reader's words."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from engine.cases.answering import Answer
from web import times
from web.presenting import number, translated


def departments(kept: Iterable[Iterable[Answer]]) -> set[int]:
    """Ids of the departments that were chosen."""
    answers = (one for answers in kept for one in answers)
    return {one.value for one in answers if one.question.kind == "department" and isinstance(one.value, int)}


def told(kept: Iterable[Answer], names: Mapping[int, str]) -> list[tuple[str, str]]:
    """Each question with its answer; ``names`` are those of departments."""
    return [(translated(one.question.label), _value(one, names)) for one in kept]


def _value(answer: Answer, names: Mapping[int, str]) -> str:
    value, kind = answer.value, answer.question.kind
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if kind == "department":
        return names.get(value, str(value))
    if kind == "date":
        return times.day(date.fromisoformat(value)).striptags()
    if kind == "datetime":
        return times.moment(datetime.fromisoformat(value)).striptags()
    if isinstance(value, int | float):
        return number(value, digits=0 if isinstance(value, int) else 2)
    return _chosen(answer, value if isinstance(value, list) else [value])


def _chosen(answer: Answer, values: Iterable[Any]) -> str:
    labels = {option.value: option.label for option in answer.question.options}
    return _(", ").join(translated(labels.get(one, str(one))) if one in labels else str(one) for one in values)
