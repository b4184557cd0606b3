"""The pages on which running cases are moved: groups, mapping, progress, what stayed, taking back."""

import re

import pytest
from sqlalchemy import select

from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.process.models import ProcessInstance
from engine.studio import jobs
from engine.studio.models import Migration
from tests.engine.studio.redrawing import renamed
from tests.stories import Story


@pytest.fixture
def old(city):
    return definitions.active("standard_case").id


@pytest.fixture
def stories(city, old):
    return [Story(city).report(), Story(city).filed().signed()]


@pytest.fixture
def address(city, old, stories):
    with unit_of_work():
        new = definitions.publish("standard_case", renamed("handle", "repair"), by_id=None, at=Story(city).now).id
    return f"/studio/versions/{old}/migrations/{new}"


def groups_in(page):
    return re.findall(r'name="groups" value="(\w+)"', page)


def test_the_page_groups_cases_and_proposes_a_mapping(visit, address):
    page = visit("system_admin").get(address).text
    assert len(groups_in(page)) == 2
    assert "处置" in page
    assert 'value="repair" selected' in page


def test_what_a_mapping_does_can_be_seen_before_anything_moves(visit, address, old):
    answer = visit("system_admin", language="en").post(address, data={"look": "1", "map.handle": "", "reason": "typed"})
    assert answer.status_code == 200
    assert len(groups_in(answer.text)) == 1
    assert "is not in the new drawing; please say what takes its place" in answer.text
    assert "typed" in answer.text
    assert set(db.session.scalars(select(ProcessInstance.definition_id))) == {old}


def test_cases_move_with_progress_and_are_taken_back(visit, city, address, old):
    browser = visit("system_admin", language="en")
    groups = groups_in(browser.get(address).text)
    missing = browser.post(address, data={"map.handle": "repair", "groups": groups, "reason": ""})
    assert missing.status_code == 422
    assert "Please say why." in missing.text
    answer = browser.post(address, data={"map.handle": "repair", "groups": groups, "reason": "second approval"})
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "0 of 2 cases looked at" in page
    assert "every 1s" in page
    assert browser.post(address, data={"map.handle": "repair", "groups": groups, "reason": "x"}).status_code == 409
    jobs.run_due(Story(city).now)
    page = browser.get(answer.location).text
    assert "2 of 2 cases looked at" in page
    assert "every 1s" not in page
    back = browser.post(f"{answer.location}/return", data={"is_sure": "1"})
    assert back.status_code == 303
    jobs.run_due(Story(city).now)
    db.session.rollback()
    assert set(db.session.scalars(select(ProcessInstance.definition_id))) == {old}
    assert db.session.scalars(select(Migration)).one().state == "returned"
    assert "taken back" in browser.get(answer.location).text


def test_each_case_is_listed_and_one_or_one_group_is_taken_back(visit, city, address, old, stories):
    browser = visit("system_admin", language="en")
    groups = groups_in(browser.get(address).text)
    run = browser.post(address, data={"map.handle": "repair", "groups": groups, "reason": "x"}).location
    jobs.run_due(Story(city).now)
    page = browser.get(run).text
    assert all(story.case.number in page for story in stories)
    one, _ = re.findall(rf'action="({run}/cases/\d+/return)"', page)
    assert "back on the version" in browser.get(browser.post(one).location).text
    assert "has been taken back already" in browser.get(browser.post(one).location).text
    assert browser.post(f"{run}/cases/999/return").status_code == 404
    assert visit("qian").post(one).status_code == 403
    keys = re.findall(r'name="group" value="(\w+)"', browser.get(run).text)
    assert len(keys) == 1
    assert browser.post(f"{run}/return", data={"is_sure": "1", "group": "nowhere"}).status_code == 422
    assert browser.post(f"{run}/return", data={"is_sure": "1", "group": keys[0]}).status_code == 303
    jobs.run_due(Story(city).now)
    db.session.rollback()
    assert set(db.session.scalars(select(ProcessInstance.definition_id))) == {old}
    assert "None." in browser.get(f"{run}?which=stayed").text


def test_a_migration_can_be_cancelled_and_go_on(visit, city, address):
    browser = visit("system_admin")
    groups = groups_in(browser.get(address).text)
    location = browser.post(address, data={"map.handle": "repair", "groups": groups, "reason": "二级审批"}).location
    assert browser.post(f"{location}/cancellation").status_code == 303
    assert browser.post(f"{location}/cancellation").status_code == 409
    assert browser.post(f"{location}/continuation").status_code == 303


def test_the_history_of_a_moved_case_says_in_words_who_moved_it(visit, city, address, stories):
    browser, name = visit("system_admin", language="en"), city.system_admin.name
    groups = groups_in(browser.get(address).text)
    run = browser.post(address, data={"map.handle": "repair", "groups": groups, "reason": "x"}).location
    jobs.run_due(Story(city).now)
    browser.post(f"{run}/return", data={"is_sure": "1"})
    jobs.run_due(Story(city).now)
    db.session.rollback()
    for story in stories:
        page = browser.get(f"/studio/instances/{story.case.instance_id}").text
        for text in ("It was moved from version 1 to version 2.", "It was taken back from version 2 to version 1."):
            assert re.search(rf"<b>{text}</b> <span[^>]*>{name}</span>", page), text
        assert "definition_id" not in page
        assert "names" not in page


def test_nobody_else_moves_cases(visit, address):
    for name in ("qian", "wang", "security_admin"):
        assert visit(name).get(address).status_code == 403
        assert visit(name).post(address, data={"groups": ["x"], "reason": "x"}).status_code == 403


def test_pages_of_versions_and_migrations_ask_few_questions(visit, city, address, old, statements):
    browser = visit("system_admin")
    groups = groups_in(browser.get(address).text)
    run = browser.post(address, data={"map.handle": "repair", "groups": groups, "reason": "二级审批"}).location
    new = address.rpartition("/")[2]
    for page in (address, run, f"/studio/versions/{old}", f"/studio/versions/{old}/differences/{new}"):
        browser.get(page)
        with statements() as seen:
            assert browser.get(page).status_code == 200
        assert len(seen) <= 12, (page, len(seen), seen)
