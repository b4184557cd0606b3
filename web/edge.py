"""The edge: every request that changes something is one transaction with one commit, begun before anything is read."""

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from engine.kit.db import begin_write, db

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Edge(Flask):
    """A Flask application whose views neither begin nor commit: this does."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; commit what a changing method did, or roll it back where it refused (4xx, 5xx) or raised."""
        if request.method in SAFE_METHODS or request.routing_exception is not None:
            return super().dispatch_request()
        _receive()
        return self._act()

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


def _receive() -> None:
    """Take in the whole body first: nobody holds SQLite's one write lock while a phone uploads its photos."""
    if request.mimetype in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        _ = request.form
    else:
        request.get_data(cache=True)
