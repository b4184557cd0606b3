"""``later(column, seconds)``: a stored moment plus so many seconds, in SQL, on both databases."""

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
