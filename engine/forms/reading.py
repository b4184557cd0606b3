"""From what was sent to values: a marshmallow schema built from the form's questions."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, Schema, ValidationError

from engine.forms.definition import Field, Option, texts
from engine.forms.kinds import CITY, KINDS, Answer, empty
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_

Options = Mapping[str, Sequence[Option]]
"""The lists that the caller gives, by the name that ``options_from`` has (or by the field's own name)."""


def schema(questions: Sequence[Field], options: Options | None = None, zone: ZoneInfo = CITY) -> Schema:
    """A schema with one field a question; whatever else is sent is ignored."""
    answers: dict[str, Any] = {question.name: _answer(question, options or {}, zone) for question in questions}
    return Schema.from_dict(answers)(unknown=EXCLUDE)


def read(
    questions: Sequence[Field], data: Mapping[str, Any], options: Options | None = None, zone: ZoneInfo = CITY
) -> dict[str, Any]:
    """The values of all ``questions``; those that are not asked or not answered are empty ("" None False []).

    Raises Invalid with the sentences of every field that is wrong, all at once.
    """
    sent = {question.name: _sent(question, data) for question in questions}
    asked = [question for question in questions if question.is_visible(sent)]
    values, errors = _load(schema(asked, options, zone), {question.name: sent[question.name] for question in asked})
    for question in asked:
        if question.name not in errors and question.is_required(sent) and _is_empty(values[question.name]):
            errors[question.name] = [FieldError(_missing(question))]
    if errors:
        raise Invalid(errors)
    return {question.name: empty(question.kind) for question in questions} | values


def _sent(question: Field, data: Mapping[str, Any]) -> Sequence[Any]:
    """What was sent for ``question``; its default where nothing was. A box that is not ticked is never sent."""
    if question.name not in data and question.default and question.kind != "boolean":
        return [question.default]
    return texts(data, question.name)


def _load(rules: Schema, sent: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[FieldError]]]:
    try:
        return dict(rules.load(sent)), {}
    except ValidationError as error:
        right = dict(error.valid_data) if isinstance(error.valid_data, dict) else {}
        return right, {name: _sentences(found) for name, found in error.normalized_messages().items()}


def choices(question: Field, options: Options | None = None) -> Sequence[Option] | None:
    """What is offered for ``question``; None where any value of its kind is taken and its room judges it."""
    given = options or {}
    if question.name in given:
        return given[question.name]
    if question.options_from:
        return given.get(question.options_from)
    return question.options or None


def _answer(question: Field, options: Options, zone: ZoneInfo) -> Answer:
    return KINDS[question.kind](question, choices(question, options), zone)


def _is_empty(value: Any) -> bool:
    # 0 is an answer, though it equals False.
    return value is None or value is False or value in ("", [])


def _missing(question: Field) -> str:
    return {
        "photos": N_("Please add at least one photo."),
        "documents": N_("Please add at least one document."),
        "point": N_("Please mark the place on the map."),
        "boolean": N_("Please tick this."),
    }.get(question.kind, N_("Please fill this in."))


def _sentences(found: Any) -> list[FieldError]:
    return [item if isinstance(item, FieldError) else FieldError(str(item)) for item in found]
