"""Signing in and out, through the pages."""

import re

import pytest

from engine.kit.db import db
from engine.organization.models import User
from tests.city import PASSWORD


@pytest.fixture
def person(city):
    """Somebody with an account."""
    return db.session.query(User).filter_by(is_active=True).order_by(User.id).first().username


def test_the_right_password_leads_to_where_one_wanted_to_go(app, person):
    visitor = app.test_client()
    answer = visitor.post("/sign-in", data={"username": f" {person} ", "password": PASSWORD, "next": "/me"})
    assert (answer.status_code, answer.location) == (303, "/me")
    assert person in visitor.get("/me").text


def test_a_wrong_one_keeps_the_name_and_not_the_password(app, person):
    page = app.test_client().post("/sign-in", data={"username": person, "password": "Wrong-Horse-77"})
    assert page.status_code == 422
    assert f'value="{person}"' in page.text
    assert "Wrong-Horse-77" not in page.text


def test_guessing_locks_the_account(app, person):
    visitor = app.test_client()
    for _ in range(5):
        visitor.post("/sign-in", data={"username": person, "password": "Wrong-Horse-77"})
    page = visitor.post("/sign-in", data={"username": person, "password": PASSWORD}, headers={"Accept-Language": "en"})
    assert page.status_code == 422
    assert "locked for 15 more minutes" in page.text


def test_signing_out_ends_the_session_and_clears_the_cache(app, visit, person):
    visitor = app.test_client()
    visitor.post("/sign-in", data={"username": person, "password": PASSWORD})
    answer = visitor.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert visitor.get("/me").status_code == 303


def test_who_signs_out_ends_the_session_also_for_a_copy_of_its_cookie(app, person):
    visitor, copier = app.test_client(), app.test_client()
    visitor.post("/sign-in", data={"username": person, "password": PASSWORD})
    copier.set_cookie("cityloop", visitor.get_cookie("cityloop").value)
    assert copier.get("/me").status_code == 200
    visitor.post("/sign-out")
    assert copier.get("/me").status_code == 303
    visitor.post("/sign-in", data={"username": person, "password": PASSWORD})
    assert visitor.get("/me").status_code == 200


def test_a_new_password_ends_other_sessions_and_keeps_this_one(app, person):
    here, there = app.test_client(), app.test_client()
    for visitor in (here, there):
        visitor.post("/sign-in", data={"username": person, "password": PASSWORD})
    new = {"old": PASSWORD, "new": "Better-Horse-88", "again": "Better-Horse-88"}
    assert here.post("/me/password", data=new).status_code == 303
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("no", "Better-Horse-88", "Better-Horse-88", "old"),
        (PASSWORD, "short", "short", "new"),
        (PASSWORD, "a", "b", "again"),
    ],
)
def test_a_password_is_not_changed_for_less(app, person, old, new, again, field):
    visitor = app.test_client()
    visitor.post("/sign-in", data={"username": person, "password": PASSWORD})
    page = visitor.post("/me/password", data={"old": old, "new": new, "again": again})
    assert page.status_code == 422
    assert f'id="error-{field}"' in page.text


def test_the_language_is_asked_of_the_browser_then_of_the_person(app, person):
    visitor = app.test_client()
    assert 'lang="zh-CN"' in visitor.get("/sign-in").text
    assert 'lang="en"' in visitor.get("/sign-in", headers={"Accept-Language": "en-GB,en"}).text
    visitor.post("/sign-in", data={"username": person, "password": PASSWORD})
    assert 'lang="zh-CN"' in visitor.get("/me", headers={"Accept-Language": "en"}).text
    visitor.post("/language", data={"locale": "en"})
    assert '<html lang="en"' in visitor.get("/me").text
    assert db.session.query(User).filter_by(username=person).one().locale == "en"


def test_a_form_without_its_token_is_refused(app, person):
    app.config["WTF_CSRF_ENABLED"] = True
    visitor = app.test_client()
    sent = {"username": person, "password": PASSWORD}
    assert visitor.post("/sign-in", data=sent).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/sign-in").text)[1]
    assert visitor.post("/sign-in", data=sent | {"csrf_token": token}).status_code == 303
