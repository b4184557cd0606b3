"""What a city's own questions are answered is kept with the act's entry in the timeline; ``answers`` reads it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from engine.forms.catalogue import Form
from engine.forms.kinds import Point

DETAIL = "answers"
"""Where an entry of the timeline keeps them."""
FILES = frozenset({"photos", "documents"})
"""Kinds whose answers are kept as the case's attachments."""

_BETWEEN = "\x1f"
"""What no answer holds: control characters are taken out of what is typed."""

_given: ContextVar[dict[str, Any] | None] = ContextVar("given", default=None)


@contextmanager
def answering(form: Form, values: Mapping[str, Any]) -> Iterator[None]:
    """The first entry of the timeline that is added in here keeps the answers to the city's own questions."""
    token = _given.set(_kept(form, values))
    try:
        yield
    finally:
        _given.reset(token)


def taken(masked: Callable[[str], str]) -> dict[str, Any]:
    """What the entry keeps that is being added, texts as ``masked`` leaves them; nothing for those after it."""
    kept = _given.get()
    if kept is None:
        return {}
    _given.set(None)
    texts = {name: value for name, value in kept["values"].items() if isinstance(value, str)}
    # All texts at once: leaving somebody out of a text asks who reported the case.
    told = masked(_BETWEEN.join(texts.values())).split(_BETWEEN) if texts else []
    return {DETAIL: kept | {"values": kept["values"] | dict(zip(texts, told, strict=True))}}


def _kept(form: Form, values: Mapping[str, Any]) -> dict[str, Any] | None:
    asked = [one.name for one in form.own_fields if one.kind not in FILES]
    answers = {name: plain(values[name]) for name in asked if values.get(name) not in (None, "", [])}
    return {"form": form.name, "version": form.version, "values": answers} if answers else None


def plain(value: Any) -> Any:
    """An answer as it is kept: a text, a number, a truth, a list; days and moments in ISO 8601."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return f"{value.lng},{value.lat}" if isinstance(value, Point) else value
