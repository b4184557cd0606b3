"""Moments in SQL, on both databases: one so many seconds later, and the seconds between two."""

from typing import Any

from sqlalchemy import ColumnElement, Float, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from engine.kit.db import UtcDateTime


class Later(FunctionElement[Any]):
    """See :func:`later`."""

    name = "later"
    type = UtcDateTime()
    inherit_cache = True


def later(column: Any, seconds: int) -> ColumnElement[Any]:
    """``column`` (a moment) moved by whole ``seconds``."""
    return Later(column, bindparam(None, float(seconds), type_=Float))


@compiles(Later)
def _elsewhere(element: Later, compiler: Any, **options: Any) -> str:
    column, seconds = list(element.clauses)
    return f"({compiler.process(column, **options)} + make_interval(secs => {compiler.process(seconds, **options)}))"


@compiles(Later, "sqlite")
def _on_sqlite(element: Later, compiler: Any, **options: Any) -> str:
    # Moments are texts there, "2026-03-02 09:00:00.123456"; the fraction is kept as it is, so that texts still compare.
    column, seconds = list(element.clauses)
    text, number = compiler.process(column, **options), compiler.process(seconds, **options)
    return f"(strftime('%Y-%m-%d %H:%M:%S', {text}, {number} || ' seconds') || substr({text}, 20))"


class SecondsBetween(FunctionElement[float]):
    """See :func:`seconds_between`."""

    name = "seconds_between"
    type = Float()
    inherit_cache = True


def seconds_between(begun: Any, ended: Any) -> ColumnElement[float]:
    """The seconds from one stored moment to another."""
    return SecondsBetween(begun, ended)


@compiles(SecondsBetween)
def _extracted(element: SecondsBetween, compiler: Any, **options: Any) -> str:
    begun, ended = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST(extract(epoch FROM ({ended} - {begun})) AS double precision)"


@compiles(SecondsBetween, "sqlite")
def _julian(element: SecondsBetween, compiler: Any, **options: Any) -> str:
    begun, ended = (compiler.process(each, **options) for each in element.clauses)
    return f"((julianday({ended}) - julianday({begun})) * 86400.0)"
