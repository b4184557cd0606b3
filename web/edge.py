"""The edge: every request that changes something is one transaction with one commit, begun before anything is read."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from engine.kit.db import begin_write, db

View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Edge(Flask):
    """A Flask application whose views neither begin nor commit: this does."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; commit what a changing method did, or roll it back where it refused (4xx, 5xx) or raised."""
        if request.method in SAFE_METHODS or request.routing_exception is not None:
            return super().dispatch_request()
        _receive()
        view = self.view_functions.get(request.endpoint or "")
        return super().dispatch_request() if getattr(view, "reads_first", False) else self._act()

    def _act(self) -> Response:
        begin_write()
        try:
            response: Response = self.make_response(super().dispatch_request())
            if response.status_code < 400:
                db.session.commit()
            else:
                db.session.rollback()
        except BaseException:
            db.session.rollback()
            raise
        return response


def reads_first(view: View) -> View:
    """Mark a view that reads for long before it writes: it opens its own unit of work when it has read.

    Otherwise nobody else could write meanwhile, where SQLite has one write lock for all.
    """
    view.reads_first = True  # type: ignore[attr-defined]
    return view


def _receive() -> None:
    """Take in the whole body first: nobody holds SQLite's one write lock while a phone uploads its photos."""
    if request.mimetype in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        _ = request.form
    else:
        request.get_data(cache=True)
