"""Service tasks are performed by workers; what fails three times waits for an administrator."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.kit.db import db, unit_of_work
from engine.process import execution, incidents, jobs, outbox
from engine.process.errors import IncidentClosed
from engine.process.models import Incident, OutboxMessage
from tests.engine.process.stories import MONDAY, Notebook, Office, begin, do, nodes

MINUTE = timedelta(minutes=1)


@pytest.fixture
def accepted(notebook: Notebook) -> int:
    instance_id = begin().instance_id
    do("accept")
    return instance_id


def test_performing_the_action_completes_the_service_task(accepted: int, office: Office) -> None:
    assert jobs.run_due(MONDAY) == 1
    assert office.performed == [("find", 1, {})]
    assert nodes() == ["handle"]
    assert _message().state == "done"


def test_three_failures_open_an_incident_and_a_retry_goes_on(accepted: int, office: Office) -> None:
    office.broken = True
    assert jobs.run_due(MONDAY) == 0
    assert jobs.run_due(MONDAY + MINUTE / 2) == 0
    assert _message().attempts == 1
    jobs.run_due(MONDAY + MINUTE)
    assert incidents.open_incidents() == []
    jobs.run_due(MONDAY + 6 * MINUTE)
    jobs.run_due(MONDAY + 60 * MINUTE)
    [incident] = incidents.open_incidents()
    assert (incident.node, incident.attempts, incident.instance_id) == ("find", 3, accepted)
    assert "the line is dead" in incident.error
    assert _message().state == "failed"
    office.broken = False
    with unit_of_work():
        incidents.retry(_incident(), by_id=None, at=MONDAY + 61 * MINUTE)
    assert jobs.run_due(MONDAY + 61 * MINUTE) == 1
    assert nodes() == ["handle"]
    with pytest.raises(IncidentClosed), unit_of_work():
        incidents.retry(_incident(), by_id=None, at=MONDAY + 62 * MINUTE)


def test_an_incident_can_be_settled_by_hand(accepted: int, office: Office) -> None:
    office.broken = True
    for minutes in (0, 1, 6):
        jobs.run_due(MONDAY + minutes * MINUTE)
    with unit_of_work():
        incidents.resolve(_incident(), by_id=None, at=MONDAY, note="by telephone", facts={"found": False})
    assert nodes() == ["dispatch"]
    assert jobs.run_due(MONDAY + 60 * MINUTE) == 0


def test_a_withdrawn_instance_calls_nothing(accepted: int, office: Office) -> None:
    [claim] = outbox.claim("worker", MONDAY)
    with unit_of_work():
        execution.withdraw(accepted, outcome="void", by_id=None, at=MONDAY)
    assert not outbox.deliver(claim, MONDAY)
    assert office.performed == []
    assert _message().state == "cancelled"


def test_workers_claim_different_messages(notebook: Notebook) -> None:
    for subject_id in range(1, 6):
        begin(subject_id=subject_id)
        do("accept", subject_id)
    claims = [outbox.claim(f"worker {number}", MONDAY, most=2) for number in range(4)]
    assert [len(each) for each in claims] == [2, 2, 1, 0]
    assert len({claim.id for each in claims for claim in each}) == 5


def test_an_action_is_performed_once_though_two_workers_hold_it(accepted: int, office: Office) -> None:
    [slow] = outbox.claim("worker 1", MONDAY)
    [quick] = outbox.claim("worker 2", MONDAY + outbox.LEASE)
    assert outbox.deliver(quick, MONDAY + outbox.LEASE)
    assert not outbox.deliver(slow, MONDAY + outbox.LEASE)
    assert len(office.performed) == 1
    assert _message().state == "done"


def _message() -> OutboxMessage:
    message = db.session.scalars(select(OutboxMessage)).one()
    db.session.expunge_all()
    db.session.commit()
    return message


def _incident() -> int:
    key = db.session.scalars(select(Incident.id)).one()
    db.session.commit()
    return key


def test_what_went_wrong_is_told_without_the_rows_that_a_database_quotes():
    error = ValueError("duplicate key value violates unique constraint\nDETAIL:  Key (phone)=(13800001234) exists.")
    assert incidents.sentence(error) == "ValueError: duplicate key value violates unique constraint"
