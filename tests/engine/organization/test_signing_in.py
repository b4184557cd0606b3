from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.audit.models import AuditRecord
from engine.kit.db import db, unit_of_work
from engine.organization import leaving, passwords, signing_in
from engine.organization.errors import SignInLocked, SignInRefused
from engine.organization.signing_in import Lockout
from tests.city import PASSWORD


def fail(times, at, username="collector.chen", **options):
    for _ in range(times):
        with pytest.raises(SignInRefused):
            signing_in.sign_in(username, "wrong", at=at, **options)


def test_the_right_password_opens_the_door(city, at):
    user = signing_in.sign_in("collector.chen", PASSWORD, at=at("2026-03-02 09:00"), address="10.0.0.7")
    assert user.last_sign_in_at == at("2026-03-02 09:00")
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "session.begun")).one()
    assert (record.user_name, record.address) == ("陈采集", "10.0.0.7")


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(city, at):
    nine = at("2026-03-02 09:00")
    fail(5, nine)
    with pytest.raises(SignInLocked) as refused:
        signing_in.sign_in("collector.chen", PASSWORD, at=nine + timedelta(minutes=5))
    assert refused.value.params["minutes"] == 10
    assert signing_in.sign_in("collector.chen", PASSWORD, at=nine + timedelta(minutes=15)).username == "collector.chen"


def test_a_failure_is_remembered_although_it_raises(city, at):
    fail(1, at("2026-03-02 09:00"))
    db.session.rollback()
    assert city.user("chen").failed_sign_ins == 1
    assert db.session.scalar(select(AuditRecord.user_name).where(AuditRecord.action == "session.refused")) == "陈采集"


def test_a_success_forgets_earlier_failures(city, at):
    nine = at("2026-03-02 09:00")
    fail(4, nine)
    signing_in.sign_in("collector.chen", PASSWORD, at=nine)
    fail(4, nine)
    assert signing_in.sign_in("collector.chen", PASSWORD, at=nine).username == "collector.chen"


def test_the_city_chooses_how_strict_it_is(city, at):
    fail(2, at("2026-03-02 09:00"), lockout=Lockout(failures=2, minutes=60))
    with pytest.raises(SignInLocked):
        signing_in.sign_in("collector.chen", PASSWORD, at=at("2026-03-02 09:59"))


def test_a_stranger_hears_the_same_and_is_noted(city, at):
    fail(1, at("2026-03-02 09:00"), username="nobody")
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "session.refused")).one()
    assert (record.user_id, record.user_name) == (None, "nobody")


def test_a_closed_account_stays_closed(city, at):
    with unit_of_work():
        leaving.leave(city.user("chen"), by=city.system_admin, at=at("2026-03-02 09:00"))
    with pytest.raises(SignInRefused):
        signing_in.sign_in("collector.chen", PASSWORD, at=at("2026-03-02 09:01"))


def test_time_does_not_tell_who_exists(city, at, monkeypatch):
    hashed = []
    hasher = passwords._hasher

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            hashed.append(stored[:9])
            return hasher.verify(stored, password)

        def hash(self, password: str) -> str:
            return hasher.hash(password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    for username in ("collector.chen", "nobody"):
        with pytest.raises(SignInRefused):
            signing_in.sign_in(username, "Wrong-Horse-7", at=at("2026-03-02 09:00"))
    # The same costly hash is verified for a name that nobody has.
    assert hashed == ["$argon2id", "$argon2id"]
