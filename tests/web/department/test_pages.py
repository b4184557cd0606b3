"""A head's pages: every number opens its cases, several steps change hands at once, a week and a feed of due dates."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.cases import load, steps
from engine.cases.models import CaseReporter
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.organization import hiring
from tests.stories import Story, category
from tests.web.department.ics import parse
from web.department import feed

MOST = 12


@pytest.fixture
def story(city):
    return Story(city).filed()


@pytest.fixture
def wall(story):
    """The city's clock stands where the story is."""
    with clock.fixed(story.now):
        yield story.now


def step(story):
    return steps.open_steps(story.case)[0]


def another(city, story):
    """A second case of the bureau, with its handler, at the same time."""
    second = Story(city, now=story.now).filed()
    return second.signed()


def hired(city, story):
    with unit_of_work():
        hiring.hire(
            "second", "新来的", "Correct-Horse-7", [(city.sanitation, "handler", None)], by=city.system_admin,
            at=story.now,
        )  # fmt: skip
    return city.actor("second")


def ticked(*stories):
    return [f"{one.case_id}:{step(one).id}" for one in stories]


def titles(page):
    return page.count('class="list-title"')


def test_the_head_sees_who_has_how_much_and_every_number_opens_its_cases(city, story, visit):
    story.signed()
    with clock.fixed(story.now):
        browser = visit("head")
        page = browser.get("/department").text
        assert city.handler.name in page
        address = f"/department/steps?person={city.handler.id}&amp;show=open"
        assert address in page
        assert titles(browser.get(address.replace("&amp;", "&")).text) == 1
        assert titles(browser.get(f"/department/steps?person={city.clerk.id}").text) == 0
        assert story.case.number in browser.get("/department/steps").text


def test_what_is_late_and_what_was_done_is_counted_and_listed(city, story, visit):
    story.signed()
    late = step(story).due_at + timedelta(hours=1)
    with clock.fixed(late):
        assert "show=overdue" in visit("head").get("/department").text
        assert titles(visit("head").get(f"/department/steps?person={city.handler.id}&show=overdue").text) == 1
    story.do("handler", "handling", note="已清理")
    with clock.fixed(story.now + timedelta(minutes=1)):
        loads = {one.user.id: one for one in load.of_people(city.head.reach.department_ids, at=clock.now()) if one.user}
        assert (loads[city.handler.id].open, loads[city.handler.id].done) == (0, 1)
        assert loads[city.handler.id].seconds == 5 * 60
        assert titles(visit("head").get(f"/department/steps?person={city.handler.id}&show=done").text) == 1
    with clock.fixed(story.now + timedelta(days=8)):
        assert titles(visit("head").get(f"/department/steps?person={city.handler.id}&show=done").text) == 0


def test_the_page_is_found_with_and_without_a_slash(city, visit):
    browser = visit("head")
    first, second = browser.get("/department"), browser.get("/department/")
    assert (first.status_code, second.status_code) == (200, 200)
    assert "/department/steps" in second.text
    assert visit("clerk").get("/department/").status_code == 403


def test_what_waits_without_anybody_is_said_first(city, story, wall, visit):
    page = visit("head").get("/department").text
    assert "1 个环节无人办理" in page
    assert titles(visit("head").get("/department/steps?person=0").text) == 1


def test_another_department_is_nowhere(city, story, visit):
    story.signed()
    with unit_of_work():
        hiring.give_posts(
            city.user("parks_clerk"), [(city.parks, "department_head", None)], by=city.security_admin, at=story.now
        )
    with clock.fixed(story.now):
        stranger = visit("parks_clerk")
        for address in ("/department", "/department/steps", f"/department/steps?person={city.handler.id}"):
            assert story.case.number not in stranger.get(address).text
        answer = stranger.post(
            "/department/reassignments",
            data={"step": ticked(story), "person_id": city.parks_handler.id, "reason": "借调"},
        )
    assert story.case.number not in answer.text
    assert step(story).assignee_id == city.handler.id


def test_several_steps_are_given_at_once_with_a_result_for_each(city, story, visit):
    second = hired(city, story)
    other = another(city, story.signed())
    gone = Story(city, now=other.now).filed().signed()
    stale = ticked(gone)
    gone.do("handler", "handling", note="已清理")
    with clock.fixed(gone.now):
        answer = visit("head").post(
            "/department/reassignments",
            data={"step": [*ticked(story, other), *stale], "person_id": second.id, "reason": "分担工作量"},
        )
    assert answer.status_code == 200
    assert f"已将 3 个环节中的 2 个交给{second.name}" in answer.text
    assert [step(one).assignee_id for one in (story, other)] == [second.id, second.id]
    assert gone.told[-1] == "handling"
    assert "该环节已由您或他人办理" in answer.text


def test_what_is_missing_is_said_and_nothing_typed_is_lost(city, story, wall, visit):
    answer = visit("head").post(
        "/department/reassignments", data={"step": ticked(story), "person_id": "", "reason": "分担工作量"}
    )
    assert answer.status_code == 422
    assert 'value="分担工作量"' in answer.text
    assert re.search(rf'value="{ticked(story)[0]}"[^>]*checked', answer.text)


def test_the_pages_stay_below_twelve_statements(city, story, visit, statements):
    story.signed()
    another(city, story)
    with clock.fixed(story.now):
        browser = visit("head")
        for address in ("/department", "/department/steps", "/department/calendar", "/department/delegations"):
            browser.get(address)
            with statements() as seen:
                assert browser.get(address).status_code == 200
            assert len(seen) <= MOST, (address, len(seen), seen)


def test_the_week_shows_working_days_with_their_hours_and_what_is_due(city, story, visit):
    story.signed()
    due = step(story).due_at
    week = due.astimezone(story.now.tzinfo).strftime("%G-W%V")
    with clock.fixed(story.now):
        page = visit("head").get(f"/department/calendar?week={week}").text
        assert page.count('class="week-day') == 5
        assert "08:00-12:00" in page
        assert story.case.title in page
        assert "正常" in page
        assert city.handler.name in page


def test_next_week_comes_first_and_no_week_is_too_far(city, story, wall, visit):
    browser = visit("head")
    assert "2026-03-09" in browser.get("/department/calendar").text
    for typed in ("2026-W99", "x", "9999-W52", "0001-W01", "-1-W1", "2026-W"):
        answer = browser.get("/department/calendar", query_string={"week": typed})
        assert answer.status_code == 200
        assert "2026-03-09" in answer.text


def opened(browser, of=""):
    page = browser.post("/me/calendar-feed", data={"of": of}).text
    return re.search(r"https?://[^<]+?(/calendar/[^<]+\.ics)", page)[1]


@pytest.fixture
def reads():
    feed._reads.clear()


def test_the_feed_has_ones_own_due_steps_without_a_session(app, city, story, visit, reads):
    story.signed()
    due = step(story).due_at
    with clock.fixed(story.now):
        address = opened(visit("handler"))
        answer = app.test_client().get(address)
        (event,) = parse(answer.data)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert story.case.number in event["SUMMARY"]
    assert event["DTEND"] == due.strftime("%Y%m%dT%H%M%SZ")
    assert event["URL"].endswith(f"/desk/cases/{story.case_id}")


def test_an_entry_keeps_its_name_while_its_moment_moves(app, city, story, visit, reads):
    story.signed()
    with clock.fixed(story.now):
        address = opened(visit("handler"))
        before = parse(app.test_client().get(address).data)[0]
    task = step(story)
    with unit_of_work():
        task.due_at = task.due_at + timedelta(hours=2)
    with clock.fixed(story.now):
        after = parse(app.test_client().get(address).data)[0]
    assert after["UID"] == before["UID"]
    assert after["DTEND"] > before["DTEND"]


def test_a_heads_feed_may_have_the_whole_department(app, city, story, visit, reads):
    story.signed()
    with clock.fixed(story.now):
        head = visit("head")
        assert parse(app.test_client().get(opened(head)).data) == []
        assert len(parse(app.test_client().get(opened(head, "department")).data)) == 1
        # Nobody gets a department that he does not lead by asking for it.
        assert parse(app.test_client().get(opened(visit("parks_handler"), "department")).data) == []


def test_a_feed_tells_nothing_of_reporters(app, city, visit, reads):
    with clock.fixed(Story(city).now):
        sun = visit("sun")
        form = {
            "description": "刘女士 13800001234 说门口有垃圾", "place": "望江路 12 号刘女士家", "source": "hotline",
            "reporter_name": "刘女士", "reporter_phone": "13800001234", "point": "{:.6f},{:.6f}".format(*city.spot),
            "category_id": str(category().id),
        }  # fmt: skip
        assert sun.post("/desk/calls/new", data=form).status_code == 303
        assert db.session.scalars(select(CaseReporter)).one().name
        file = app.test_client().get(opened(visit("li"))).data
    assert len(parse(file)) == 1
    for word in ("刘女士", "13800001234", "望江路"):
        assert word not in file.replace(b"\r\n ", b"").decode()


def test_closing_a_feed_or_making_a_new_one_ends_the_old_address(app, city, visit, reads):
    browser, stranger = visit("handler"), app.test_client()
    first = opened(browser)
    second = opened(browser)
    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200
    assert second not in browser.get("/me/calendar-feed").text
    assert browser.post("/me/calendar-feed/closure").status_code == 303
    assert stranger.get(second).status_code == 404


def test_who_left_has_no_feed(app, city, visit, reads):
    address = opened(visit("handler"))
    with unit_of_work():
        city.user("handler").is_active = False
    assert app.test_client().get(address).status_code == 404


def test_who_reads_a_feed_in_a_loop_is_stopped_for_a_while(app, city, story, visit, reads):
    with clock.fixed(story.now):
        address = opened(visit("handler"))
        answers = [app.test_client().get(address).status_code for _ in range(feed.MOST_READS + 1)]
        assert answers == [200] * feed.MOST_READS + [429]
    with clock.fixed(story.now + feed.WINDOW + timedelta(seconds=1)):
        assert app.test_client().get(address).status_code == 200


def test_a_token_stands_in_no_line_of_the_log(app, city, visit, reads, capsys):
    address = opened(visit("handler"))
    app.test_client().get(address)
    written = capsys.readouterr()
    assert address.removeprefix("/calendar/").removesuffix(".ics") not in written.out + written.err
