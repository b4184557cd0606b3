"""Whole numbers that come in an address or a form: none is beyond what a row's number, or a page of a list, can be."""

from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import CombinedMultiDict, ImmutableMultiDict
from werkzeug.routing import IntegerConverter, Map
from werkzeug.utils import cached_property

LARGEST = 2**53
"""What a browser counts exactly. Times the rows of a page it still fits into the 64 bits of a database."""


class RowNumber(IntegerConverter):
    """``<int:…>`` in an address; there is nothing at one with a larger number (404)."""

    def __init__(self, map: Map) -> None:  # noqa: A002 - the name that the base has
        super().__init__(map, max=LARGEST)


class Typed(ImmutableMultiDict[str, Any]):
    """Query or form. What no database could hold is read by ``type=int`` as if it were not there."""

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]
        """The first value under ``key``, read by ``type``; ``default`` where it cannot be read."""
        return super().get(key, default, _reader(type))

    def getlist(self, key: str, type: Any = None) -> list[Any]:  # type: ignore[override]
        """Every value under ``key`` that ``type`` can read."""
        return super().getlist(key, _reader(type))


class TypedTogether(CombinedMultiDict[str, Any]):
    """Query and form in one, read in the same way."""

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]
        """The first value under ``key``, read by ``type``; ``default`` where it cannot be read."""
        return super().get(key, default, _reader(type))


class NumberedRequest(Request):
    """A request whose numbers are never too large to be asked for."""

    parameter_storage_class = Typed

    @cached_property
    def values(self) -> CombinedMultiDict[str, str]:
        """The query, and the form of what was sent."""
        return TypedTogether(super().values.dicts)


def init_app(app: Flask) -> None:
    """Read every address of the application so; before its doors are opened."""
    app.request_class = NumberedRequest
    app.url_map.converters["int"] = RowNumber


def _reader(type: Any) -> Any:
    return whole if type is int else type


def whole(typed: str) -> int:
    """The number as typed. Raises ValueError where it is none, or a larger one than is ever asked for."""
    number = int(typed)
    if abs(number) > LARGEST:
        raise ValueError("larger than any row's number")
    return number
