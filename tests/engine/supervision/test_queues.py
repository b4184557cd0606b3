"""The supervisors' queues: which running cases are in which, in which order, and who sees them."""

from datetime import timedelta

import pytest

from engine.kit.db import unit_of_work
from engine.supervision import key_cases, queues
from engine.supervision.errors import QueueNotFound
from engine.supervision.queues import Moment, Narrowing
from tests.engine.supervision.desk import running

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def now(at):
    return at("2026-03-02 15:00")


def names(actor, now, hours=4):
    moment = Moment(now, hours, 7)
    return {name: [case.id for case in queues.find(name, actor, moment).rows] for name in queues.QUEUES}


def held(found):
    return {name for name, ids in found.items() if ids}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"due": -HOUR}, {"overdue"}),
        ({"due": HOUR}, {"due_soon"}),
        ({"due": 5 * HOUR}, set()),
        ({"due": -HOUR, "clock_state": "stopped"}, set()),
        ({"due": -HOUR, "due_is_provisional": True}, {"provisional"}),
        ({"return_count": 1}, set()),
        ({"return_count": 2}, {"returned"}),
        ({"rework_count": 1}, {"reworked"}),
        ({"stage": "suspended", "clock_state": "paused"}, {"suspended"}),
    ],
)
def test_a_case_is_in_the_queues_that_its_state_says(city, now, changes, expected):
    running(city, now, **changes)
    assert held(names(city.zhou, now)) == expected


def test_what_nobody_touched_for_a_week_is_dormant_unless_it_is_suspended(city, now):
    asleep = running(city, now, updated_at=now - 7 * DAY - HOUR)
    running(city, now, updated_at=now - 7 * DAY + HOUR)
    running(city, now, updated_at=now - 30 * DAY, stage="suspended", clock_state="paused")
    assert names(city.zhou, now)["dormant"] == [asleep.id]


def test_an_ended_case_is_in_no_queue(city, now):
    running(city, now, due=-HOUR, return_count=3, rework_count=2, ended_at=now, stage="void")
    assert held(names(city.zhou, now)) == set()


def test_key_cases_stay_until_the_special_watch_ends(city, now):
    case = running(city, now)
    with unit_of_work():
        key_cases.mark(case, "媒体曝光", by=city.zhou, at=now)
    assert names(city.zhou, now)["key"] == [case.id]
    with unit_of_work():
        key_cases.release(case, "已处置", by=city.zhou, at=now)
    assert names(city.zhou, now)["key"] == []


def test_the_longest_overdue_comes_first(city, now):
    late = [running(city, now, due=-hours * HOUR).id for hours in (1, 3, 2)]
    assert names(city.zhou, now)["overdue"] == [late[1], late[2], late[0]]


def test_hours_chosen_for_a_look_widen_due_soon(city, now):
    case = running(city, now, due=20 * HOUR)
    assert names(city.zhou, now)["due_soon"] == []
    assert names(city.zhou, now, hours=24)["due_soon"] == [case.id]


def test_a_department_head_sees_the_own_departments_only(city, now):
    ours = running(city, now, due=-HOUR, department_id=city.sanitation.id)
    running(city, now, due=-HOUR, department_id=city.parks.id)
    assert names(city.head, now)["overdue"] == [ours.id]
    assert len(names(city.zhou, now)["overdue"]) == 2
    assert held(names(city.system_admin, now)) == set()


def test_a_queue_narrows_to_a_department_a_place_a_category_or_a_person(city, now):
    case = running(city, now, due=-HOUR, department_id=city.sanitation.id, handler_id=city.handler.id)
    moment = Moment(now, 4, 7)
    wanted = {
        "department": case.department_id,
        "street": case.street_code,
        "grid": case.responsibility_grid_id,
        "category": case.category_id,
        "person": case.handler_id,
    }
    for name, value in wanted.items():
        assert queues.find("overdue", city.zhou, moment, Narrowing(**{name: value})).total == 1, name
        nobody = "-" if name == "street" else queues.NOBODY
        assert queues.find("overdue", city.zhou, moment, Narrowing(**{name: nobody})).total == 0, name
    assert queues.find("overdue", city.zhou, moment, Narrowing(department=city.parks.id)).total == 0


def test_the_last_entry_of_each_case_is_told(city, now):
    cases = [running(city, now), running(city, now)]
    found = queues.last_entries([case.id for case in cases])
    assert {number: entry.act for number, entry in found.items()} == {case.id: "dispatch" for case in cases}


def test_there_is_no_other_queue(city, now):
    with pytest.raises(QueueNotFound):
        queues.find("everything", city.zhou, Moment(now, 4, 7))
