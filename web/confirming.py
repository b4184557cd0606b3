"""Grave acts are asked twice: a POST counts only with the tick that says so; without it a page asks for that."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import render_template, request

from engine.forms.definition import YES
from web import keeping

View = TypeVar("View", bound=Callable[..., Any])


def asks_first(label: str, consequence: str) -> Callable[[View], View]:
    """Do what this view does only when ``is_sure`` came with it; else answer 422 and a page that asks for the tick.

    ``label`` names the act and ``consequence`` tells what it leads to: English sentences, to be translated. Put it
    below ``@requires``. A form that already shows the tick (``fields.sure()``) is sent once only.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def asked(*args: Any, **kwargs: Any) -> Any:
            if request.form.get("is_sure") == YES:
                return view(*args, **kwargs)
            return render_template("frame/confirm.html", label=label, consequence=consequence, typed=_typed()), 422

        return cast(View, asked)

    return mark


def _typed() -> list[tuple[str, str]]:
    """What came without the tick, but secrets: the page that asks for it sends it again."""
    return [(name, text) for name, text in request.form.items(multi=True) if name not in keeping.SECRETS]
