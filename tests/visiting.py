"""Visiting the program's pages as one of the cast, through the test client."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from engine.kit.config import Config
from engine.kit.db import db
from tests import remembered
from tests.city import CAST, PASSWORD


class Visitor(FlaskClient):
    """A browser. The test's own session sees afterwards what the visit changed."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.rollback()
        answer = super().open(*args, **kwargs)
        db.session.rollback()
        return answer


def application(url: str, data_dir: Path) -> Flask:
    """The real application on a test's database. Forms need no token, so that a story can post at once."""
    from web.app import create_app  # noqa: PLC0415 - tests of the engine need no web

    app = create_app(Config.from_env({"DATABASE_URL": url, "CITYLOOP_DATA_DIR": str(data_dir), "SECRET_KEY": "test"}))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    app.test_client_class = Visitor
    app.jinja_env.bytecode_cache = remembered.TEMPLATES
    with app.app_context():
        remembered.share_statements(db.engine)
    return app


def signed_in(app: Flask, username: str, *, language: str = "zh_Hans_CN") -> Visitor:
    """A browser in which this person has signed in."""
    visitor = app.test_client()
    answer = visitor.post("/sign-in", data={"username": CAST.get(username, username), "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    if language != "zh_Hans_CN":
        visitor.post("/language", data={"locale": language})
    return visitor
