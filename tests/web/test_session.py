"""A session ends: by idleness, by age, by an administrator. What was typed meanwhile is not lost."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import get_template_attribute

from engine.forms import catalogue
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Conflict
from engine.organization import signing_in
from engine.organization.models import User
from tests.city import PASSWORD
from web import keeping
from web.filling import Filling
from web.guards import requires

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def note(app):
    """A page with a form on it that says back what stands in it."""

    question = {"name": "note", "label": "Note", "kind": "long_text", "required": True}
    form = catalogue.of({"name": "note", "version": 1, "title": "Note", "submit": "Save", "fields": [question]})

    @app.route("/note", methods=["GET", "POST"])
    @requires()
    def note():
        filling = Filling(form)
        if filling.done(lambda values: None):
            return "saved", 201
        return get_template_attribute("frame/fields.html", "all")(filling)

    return app


def signed_in(app):
    """A browser of the first active person; the user name he signs in with."""
    visitor = app.test_client()
    user = db.session.query(User).filter_by(is_active=True).order_by(User.id).first()
    assert visitor.post("/sign-in", data={"username": user.username, "password": PASSWORD}).status_code == 303
    return visitor, user.username


def test_an_idle_session_asks_for_the_password_again(app, city):
    with clock.fixed(MONDAY):
        visitor, _ = signed_in(app)
        assert visitor.get("/me").status_code == 200
    with clock.fixed(MONDAY + timedelta(minutes=29)):
        assert visitor.get("/me").status_code == 200
    with clock.fixed(MONDAY + timedelta(minutes=58)):
        assert visitor.get("/me").status_code == 200
    with clock.fixed(MONDAY + timedelta(minutes=89)):
        answer = visitor.get("/me")
        assert answer.status_code == 303
        assert answer.location == "/sign-in?next=/me&over=1"


def test_even_a_busy_session_ends_after_twelve_hours(app, city):
    with clock.fixed(MONDAY):
        visitor, _ = signed_in(app)
    for step in range(1, 37):
        with clock.fixed(MONDAY + timedelta(minutes=20 * step)):
            assert visitor.get("/me").status_code == 200, step
    with clock.fixed(MONDAY + timedelta(minutes=721)):
        assert visitor.get("/me").status_code == 303


def test_ending_all_sessions_of_a_person_ends_them_at_once(app, city):
    visitor, username = signed_in(app)
    signing_in.end_sessions(db.session.query(User).filter_by(username=username).one())
    db.session.commit()
    assert visitor.get("/me").status_code == 303


def type_into_an_ended_session(app):
    with clock.fixed(MONDAY):
        visitor, username = signed_in(app)
    with clock.fixed(MONDAY + timedelta(minutes=31)):
        answer = visitor.post("/note", data={"note": "井盖缺失，<已>围挡", "csrf_token": "x"})
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=/note?draft%3D")
    return visitor, username, answer.location


def next_in(page):
    return re.search(r'name="next" value="([^"]*)"', page.text)[1]


def test_what_was_typed_into_an_ended_session_is_there_after_signing_in_again(note, city):
    visitor, username, address = type_into_an_ended_session(note)
    with clock.fixed(MONDAY + timedelta(minutes=32)):
        page = visitor.get(address)
        sent = {"username": username, "password": PASSWORD, "next": next_in(page)}
        answer = visitor.post("/sign-in", data=sent)
        form = visitor.get(answer.location)
        assert "井盖缺失，&lt;已&gt;围挡" in form.text
        assert visitor.post(answer.location, data={"note": "fine"}).status_code == 201


def test_a_second_ended_session_keeps_what_was_typed_last(note, city):
    visitor, username, address = type_into_an_ended_session(note)
    with clock.fixed(MONDAY + timedelta(minutes=32)):
        sent = {"username": username, "password": PASSWORD, "next": next_in(visitor.get(address))}
        page = visitor.post("/sign-in", data=sent).location
        visitor.get(page)
    with clock.fixed(MONDAY + timedelta(minutes=90)):
        address = visitor.post(page, data={"note": "已围挡"}).location
        sent["next"] = next_in(visitor.get(address))
        page = visitor.post("/sign-in", data=sent).location
        assert "已围挡" in visitor.get(page).text


def test_somebody_else_at_the_same_browser_does_not_get_it(note, city):
    visitor, username, address = type_into_an_ended_session(note)
    other = db.session.query(User).filter(User.username != username, User.is_active).first().username
    with clock.fixed(MONDAY + timedelta(minutes=32)):
        page = visitor.get(address)
        answer = visitor.post("/sign-in", data={"username": other, "password": PASSWORD, "next": next_in(page)})
        assert answer.location == "/"
        assert "井盖缺失" not in visitor.get(next_in(page)).text


def test_a_form_whose_token_is_gone_comes_back_filled_in(note, city):
    visitor, _ = signed_in(note)
    note.config["WTF_CSRF_ENABLED"] = True
    answer = visitor.post("/note", data={"note": "路灯不亮", "csrf_token": "old"})
    assert answer.status_code == 303
    assert answer.location.startswith("/note?draft=")
    assert "路灯不亮" in visitor.get(answer.location).text


def test_htmx_is_sent_to_the_sign_in_page_as_a_whole(app, city):
    answer = app.test_client().get("/me", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/me"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "", None])
def test_nobody_is_sent_to_another_site(address):
    assert keeping.own_address(address) == "/"


def test_one_is_sent_back_to_a_page_of_this_site():
    assert keeping.own_address("/desk/cases?q=井盖") == "/desk/cases?q=井盖"


def test_what_was_typed_when_somebody_was_faster_is_one_click_away(app, visit):
    @app.route("/races", methods=["GET", "POST"])
    @requires()
    def race():
        raise Conflict

    page = visit("wang").post("/races", data={"note": "派遣至环卫局"})
    assert page.status_code == 409
    assert 'href="/races?draft=' in page.text
