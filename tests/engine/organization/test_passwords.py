import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from engine.organization import passwords, signing_in
from tests.city import PASSWORD


@pytest.mark.parametrize(
    ("password", "is_weak"),
    [
        ("Short-1", True),
        ("alllowercaseletters", True),
        ("lowercase-and-digits-7", False),
        ("Correct-Horse-7", False),
        ("Chen-is-here-2026", True),
        ("二〇二六年Passw0rd", False),
    ],
)
def test_what_a_password_needs(password, is_weak):
    assert (passwords.weakness(password, username="chen") is not None) is is_weak


@given(st.text(max_size=9))
def test_a_short_password_is_never_good_enough(password):
    assert passwords.weakness(password)


def test_a_person_changes_his_own_password(city, at):
    chen = city.user("chen")
    with unit_of_work():
        passwords.change(chen, PASSWORD, "Another-Horse-8", at=at("2026-03-02 09:00"))
    assert chen.session_epoch == 1
    assert passwords.fits("Another-Horse-8", chen.password_hash)


def test_the_old_password_is_asked_for(city, at):
    with pytest.raises(Invalid) as refused, unit_of_work():
        passwords.change(city.user("chen"), "guess", "Another-Horse-8", at=at("2026-03-02 09:00"))
    assert list(refused.value.fields) == ["old"]


def test_a_reset_unlocks_the_account(city, at):
    chen = city.user("chen")
    with unit_of_work():
        chen.locked_until = at("2026-03-02 10:00")
        passwords.reset(chen, "Another-Horse-8", by=city.system_admin, at=at("2026-03-02 09:00"))
    assert signing_in.sign_in("collector.chen", "Another-Horse-8", at=at("2026-03-02 09:01")) is chen


def test_a_hash_of_another_cost_is_renewed_at_sign_in(city, at):
    chen = city.user("chen")
    with unit_of_work():
        chen.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    assert passwords.is_outdated(chen.password_hash)
    signing_in.sign_in("collector.chen", PASSWORD, at=at("2026-03-02 09:00"))
    db.session.refresh(chen)
    assert not passwords.is_outdated(chen.password_hash)
