"""Every "no" has its status, its sentence, and says whether anything was saved."""

import io

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from engine.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from web import health
from web.guards import open_to_all


@pytest.fixture
def failing(app: Flask) -> Flask:
    """A page that fails in the way its address names."""
    errors = {
        "gone": NotFound(),
        "closed": NotAllowed(),
        "late": Conflict(),
        "wrong": Invalid.field("to", "Who is to handle this?"),
        "away": OperationalError("SELECT 1", {}, Exception("server closed the connection")),
        "broken": ZeroDivisionError("secret detail"),
    }

    @app.route("/fails/<way>", methods=["GET", "POST"])
    @open_to_all
    def fails(way):
        raise errors[way]

    return app


@pytest.mark.parametrize(
    ("way", "status"), [("gone", 404), ("closed", 403), ("late", 409), ("wrong", 422), ("away", 503), ("broken", 500)]
)
def test_each_kind_has_its_status(failing, way, status):
    answer = failing.test_client().get(f"/fails/{way}")
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_a_program_gets_json(failing):
    answer = failing.test_client().get("/fails/wrong", headers={"Accept": "application/json"})
    assert answer.json["fields"] == {"to": ["Who is to handle this?"]}


def test_htmx_gets_a_notice_where_notices_stand(failing):
    answer = failing.test_client().get("/fails/late", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#notices"
    assert "<html" not in answer.text


def test_a_fault_gives_a_number_and_no_detail(failing, caplog):
    answer = failing.test_client().get("/fails/broken")
    assert "secret detail" not in answer.text


def test_while_the_database_is_away_what_was_typed_can_be_sent_again(failing):
    answer = failing.test_client().post("/fails/away", data={"note": "井盖缺失 <b>"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "15"
    assert 'name="note" value="井盖缺失 &lt;b&gt;"' in answer.text


def test_a_password_is_never_written_into_a_page(failing):
    answer = failing.test_client().post("/fails/away", data={"password": "Correct-Horse-7"})
    assert "Correct-Horse-7" not in answer.text


def test_somebody_signed_in_is_told_too_that_the_database_is_away(app, visit, monkeypatch):
    visitor = visit("wang")

    def away(*_, **__):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(health.db.session, "execute", away)
    answer = visitor.get("/me")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "15"


class Endless(io.RawIOBase):
    """A body of 200 MB that notes how much of it was read."""

    taken = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        type(self).taken += len(buffer)
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


def test_an_upload_of_200_mb_is_refused_unread(app):
    sent = {"wsgi.input": Endless(), "CONTENT_LENGTH": str(200 * 1024 * 1024)}
    answer = app.test_client().post("/sign-in", content_type="multipart/form-data; boundary=b", environ_overrides=sent)
    assert answer.status_code == 413
    assert "20 MB" in answer.text
    assert Endless.taken < 1024 * 1024


def test_health_tells_whether_the_database_answers(app, monkeypatch):
    visitor = app.test_client()
    assert visitor.get("/healthz").json == {"status": "ok", "database": "ok"}

    def away(*_):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(health.db.session, "execute", away)
    assert visitor.get("/healthz").status_code == 503
