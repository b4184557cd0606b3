"""One request, one transaction: committed when it went well, gone when it was refused."""

from pathlib import Path

import pytest
from flask import Flask, abort

from engine.kit.db import db
from engine.kit.errors import Conflict
from engine.organization.models import Department
from web.guards import open_to_all


def rename() -> None:
    db.session.get_one(Department, 1).name = "renamed"


@pytest.fixture
def doors(app: Flask) -> Flask:
    """Three ways to end an act that has changed something."""

    @app.post("/renames")
    @open_to_all
    def well():
        rename()
        return "", 201

    @app.post("/refusals")
    @open_to_all
    def refused():
        rename()
        db.session.flush()
        return "no", 422

    @app.post("/conflicts")
    @open_to_all
    def raised():
        rename()
        db.session.flush()
        raise Conflict

    @app.post("/aborts")
    @open_to_all
    def aborted():
        rename()
        abort(404)

    return app


@pytest.mark.parametrize(
    ("path", "status", "kept"),
    [("/renames", 201, True), ("/refusals", 422, False), ("/conflicts", 409, False), ("/aborts", 404, False)],
)
def test_only_what_went_well_is_kept(city, doors, path, status, kept):
    assert doors.test_client().post(path).status_code == status
    assert (db.session.get_one(Department, 1).name == "renamed") is kept


def test_the_whole_upload_is_read_before_the_transaction_begins(city, app, monkeypatch):
    steps = []
    monkeypatch.setattr("web.edge.begin_write", lambda: steps.append("begin"))
    monkeypatch.setattr("web.edge._receive", lambda: steps.append("receive"))
    app.test_client().post("/language", data={"locale": "en"})
    assert steps == ["receive", "begin"]


def test_views_leave_commits_to_the_edge():
    root = Path(__file__).parents[2] / "web"
    views = [path for door in ("desk", "signin") for path in (root / door).glob("*.py")]
    assert not [path for path in views if "session.commit" in path.read_text()]
