import pytest

from engine.kit.db import unit_of_work
from engine.organization import passwords, signing_in
from tests.city import PASSWORD


def test_an_account_is_opened_and_found(visit, city):
    admin = visit("system_admin")
    person = {"username": "ma.li", "name": "马丽", "phone": "0953-1234567", "password": "Quiet-River-42"}
    answer = admin.post("/admin/people/new", data=person, follow_redirects=True)
    assert "马丽" in answer.text
    assert signing_in.sign_in("ma.li", "Quiet-River-42", at=city.user("ma.li").created_at).name == "马丽"


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(visit, city):
    answer = visit("system_admin").post("/admin/people/new", data={"username": "collector.chen", "name": "又一位"})
    assert answer.status_code == 422
    assert 'id="error-username"' in answer.text
    assert "又一位" in answer.text


def test_a_weak_first_password_opens_no_account(visit, city):
    answer = visit("system_admin").post(
        "/admin/people/new", data={"username": "ma.li", "name": "马丽", "password": "12345678"}
    )
    assert answer.status_code == 422
    assert city.actor("ma.li") is None


def test_people_are_found_by_initials(visit, city):
    page = visit("system_admin").get("/admin/people?q=ccj").text
    assert "collector.chen" in page
    assert "dispatcher.wang" not in page


def test_closing_an_account_ends_its_sessions(visit, city):
    chen, admin = visit("chen"), visit("system_admin")
    assert chen.get("/me").status_code == 200
    admin.post(f"/admin/people/{city.chen.id}/closure", data={"is_sure": "1"})
    assert chen.get("/me").status_code == 303
    admin.post(f"/admin/people/{city.chen.id}/return")
    assert city.user("chen").is_active


def test_an_account_is_closed_only_with_the_tick_that_asks_for_it(visit, city):
    admin = visit("system_admin", language="en")
    assert 'name="is_sure"' in admin.get(f"/admin/people/{city.chen.id}").text
    answer = admin.post(f"/admin/people/{city.chen.id}/closure")
    assert answer.status_code == 422
    assert "Please tick that you want this." in answer.text
    assert city.user("chen").is_active


def test_a_reset_password_counts_at_once(visit, city):
    answer = visit("system_admin").post(f"/admin/people/{city.chen.id}/password", data={"password": "Quiet-River-42"})
    assert answer.status_code == 303
    assert passwords.fits("Quiet-River-42", city.user("chen").password_hash)
    assert not passwords.fits(PASSWORD, city.user("chen").password_hash)


@pytest.mark.parametrize("act", ["password", "closure"])
@pytest.mark.parametrize("other", ["security_admin", "audit_admin"])
def test_a_system_administrator_cannot_become_another_of_the_three(visit, city, act, other):
    page = f"/admin/people/{city.actor(other).id}/{act}"
    assert visit("system_admin").post(page, data={"password": "Quiet-River-42", "is_sure": "1"}).status_code == 403
    assert passwords.fits(PASSWORD, city.user(other).password_hash)
    assert city.user(other).is_active


def test_details_are_corrected(visit, city):
    values = {"name": "陈小采", "phone": "", "email": "", "locale": "en"}
    visit("system_admin").post(f"/admin/people/{city.chen.id}", data=values)
    assert (city.user("chen").name, city.user("chen").locale) == ("陈小采", "en")


@pytest.mark.parametrize("other", ["security_admin", "audit_admin"])
def test_nor_let_one_of_them_come_back(visit, city, other):
    user = city.user(other)
    with unit_of_work():
        user.is_active = False
    assert visit("system_admin").post(f"/admin/people/{user.id}/return").status_code == 403
    assert not city.user(other).is_active
