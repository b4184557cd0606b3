"""Workers are killed while they mail: nothing is lost, and what a reader gets twice carries the same Message-ID."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.notifications import telling
from engine.notifications.models import Delivery, DeliveryState, Message
from tests.mail_server import open_office
from tests.serving import Worker

LETTERS = 300


@pytest.fixture
def office(monkeypatch):
    with open_office() as open_one:
        monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{open_one.port}")
        monkeypatch.setenv("MAIL_FROM", "city@example.cn")
        yield open_one


def test_every_letter_arrives_though_workers_die_among_them(city, office, start, tmp_path):
    with unit_of_work():
        city.user("li").email = "li@example.cn"
        for number in range(LETTERS):
            # Urgent: it leaves at whatever hour this test runs.
            telling.tell(
                "urged", at=clock.now(), user_ids=[city.li.id], is_urgent=True, number=str(number), category="–"
            )
    for taken in (40, 120):
        worker = Worker(city.url, tmp_path)
        start(worker)
        wait_until(lambda least=taken: len(office.taken) >= least)
        worker.kill()
        assert len(office.taken) < LETTERS
        let_leases_run_out()
    start(Worker(city.url, tmp_path, 1), Worker(city.url, tmp_path, 2))
    wait_until(lambda: count(DeliveryState.sent) == LETTERS)
    assert db.session.scalar(select(func.count()).where(Message.kind == "urged")) == LETTERS
    taken = Counter(mail["Message-ID"] for mail in office.taken)
    assert len(taken) == LETTERS
    # A worker holds one letter in its hand: each death doubles one at most.
    assert sum(taken.values()) <= LETTERS + 2


def count(state):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == state.value))


def let_leases_run_out():
    with unit_of_work():
        past = clock.now() - timedelta(seconds=1)
        held = Delivery.claimed_until.is_not(None)
        db.session.execute(update(Delivery).where(held).values(claimed_until=past))


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.01)
