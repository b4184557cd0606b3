"""A form on a page: what it asks, what was typed, what is wrong with it, and what happens when it is sent."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import request
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from engine.forms import reading
from engine.forms.catalogue import Form
from engine.forms.definition import YES, Field, Option
from engine.forms.kinds import Point
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid
from web import keeping
from web.configuration import current_config


class Filling:
    """One form being filled in. Templates draw it with ``fields.form(filling)`` of frame/fields.html."""

    def __init__(
        self,
        form: Form,
        *,
        initial: Mapping[str, Any] | None = None,
        options: reading.Options | None = None,
    ) -> None:
        """``initial`` is what stands in it at first; ``options`` are the lists that its choices are made from."""
        self.form, self.options = form, options or {}
        self.errors: dict[str, list[FieldError]] = {}
        self.status = 200
        self.typed = _typed() or _from_plain(_defaults(form) | dict(initial or {}))

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self.typed.get(name, "")

    def values(self, name: str) -> Sequence[str]:
        """What is chosen in a field of several."""
        return self.typed.getlist(name)

    def choices(self, field: Field) -> Sequence[Option]:
        """The options of a field: those of this page, else the form's own."""
        return reading.choices(field, self.options) or ()

    def label(self, name: str) -> str:
        """The label of a field by its name; the name itself for one that the form does not hold."""
        return next((field.label for field in self.form.fields if field.name == name), name)

    def condition(self, field: Field) -> Markup:
        """The attribute that tells the script when the field is asked for; all are shown where no script runs."""
        when = field.visible_when
        return Markup('data-visible-when="{}"').format(json.dumps(when.entry())) if when else Markup("")

    def done(self, act: Callable[[dict[str, Any]], object]) -> bool:
        """If this request sends the form: read it and perform ``act`` with its values; True when that went well.

        What cannot be accepted stands beside its field afterwards, ``status`` is 422, and nothing was changed.
        """
        if request.method != "POST":
            return False
        sent: CombinedMultiDict[str, Any] = CombinedMultiDict([request.form, request.files])  # type: ignore[list-item]
        try:
            act(self.form.read(sent, self.options, current_config().time_zone))
        except Invalid as refusal:
            self.refuse(refusal)
            return False
        return True

    def refuse(self, refusal: Invalid) -> None:
        """Show ``refusal`` beside its fields; whatever was begun is undone."""
        db.session.rollback()
        self.errors = refusal.fields or {"": [FieldError(refusal.message_id, refusal.params)]}
        self.status = 422


def _typed() -> MultiDict[str, str] | None:
    return request.form if request.method == "POST" else keeping.taken_back()


def _defaults(form: Form) -> dict[str, Any]:
    return {field.name: field.default for field in form.fields if field.default}


def _from_plain(values: Mapping[str, Any]) -> MultiDict[str, str]:
    shown: MultiDict[str, str] = MultiDict()
    for name, value in values.items():
        for one in value if isinstance(value, list | set) else [value]:
            if one is not None:
                shown.add(name, _plain(one))
    return shown


def _plain(value: Any) -> str:
    """A value as a field of a page holds it: moments in the city's zone, a point as "longitude,latitude"."""
    if isinstance(value, bool):
        return YES if value else ""
    if isinstance(value, datetime):
        return value.astimezone(current_config().time_zone).strftime("%Y-%m-%dT%H:%M")
    return f"{value.lng},{value.lat}" if isinstance(value, Point) else str(value)
