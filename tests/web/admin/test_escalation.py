"""The ladder's page: an administrator says who hears of a late clock, without a programmer."""

import re

from engine.calendars.working_time import Limit, Unit
from engine.supervision import ladder
from engine.supervision.models import Base, RungAction
from web.admin import escalation, wording


def lines(*rungs):
    names = ("base", "value", "unit", "action", "role")
    return {
        f"{name}-{number}": value
        for number, rung in enumerate(rungs, 1)
        for name, value in zip(names, rung, strict=True)
    }


def test_every_ladder_is_told_in_words(visit, city):
    page = visit("system_admin").get("/admin/escalation").text
    assert "处置" in page
    assert "督查员" in page
    assert set(escalation.NAMES) <= wording.CLOCKS.keys()


def test_one_day_is_no_days(visit, city):
    page = visit("system_admin", language="en").get("/admin/escalation").text
    assert "1 working day</b>" in page
    assert "1 working days" not in page


def test_rungs_are_put_in_order_and_empty_lines_left_out(visit, city):
    admin = visit("system_admin")
    later = ("due", "2", "working_days", "tell", "leader")
    first = ("amber", "0", "working_hours", "urge", "holder")
    nothing = ("due", "", "working_hours", "", "")
    answer = admin.post("/admin/escalation/handling", data=lines(later, nothing, first))
    assert answer.status_code == 303
    ladder._ladders.forget()
    assert ladder.rungs_of("handling") == (
        ladder.Rung(Base.amber, None, RungAction.urge, "holder"),
        ladder.Rung(Base.due, Limit(2, Unit.working_days), RungAction.tell, "leader"),
    )


def test_a_clock_without_rungs_follows_every_other(visit, city):
    assert visit("system_admin").post("/admin/escalation/handling", data=lines()).status_code == 303
    ladder._ladders.forget()
    assert ladder.rungs_of("handling") == ladder.own_rungs("*")


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(visit, city):
    answer = visit("system_admin").post(
        "/admin/escalation/handling",
        data=lines(("due", "soon", "working_hours", "tell", ""), ("due", "3", "working_days", "order", "leader")),
    )
    assert answer.status_code == 422
    assert 'id="error-value-1"' in answer.text
    assert 'id="error-role-1"' in answer.text
    assert 'value="soon"' in answer.text
    assert 'value="3"' in answer.text


def test_a_clock_that_does_not_exist_has_no_page(visit, city):
    assert visit("system_admin").get("/admin/escalation/lunch").status_code == 404


def test_of_two_administrators_the_second_sees_what_the_first_did_and_loses_nothing(visit, city):
    first, second = visit("system_admin"), visit("system_admin")
    page = "/admin/escalation/handling"
    shown = {"seen": seen_on(first.get(page).text)}
    assert first.post(page, data=shown | lines(("due", "5", "working_days", "tell", "leader"))).status_code == 303
    answer = second.post(page, data=shown | lines(("due", "7", "working_days", "tell", "supervisor")))
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert 'value="7"' in answer.text
    assert "5 工作日" in answer.text or "5 个工作日" in answer.text
    ladder.look_again()
    assert ladder.own_rungs("handling")[0].role == "leader"
    again = {"seen": seen_on(answer.text)} | lines(("due", "7", "working_days", "tell", "supervisor"))
    assert second.post(page, data=again).status_code == 303
    ladder.look_again()
    assert ladder.own_rungs("handling")[0].role == "supervisor"


def test_other_processes_notice_rows_that_took_the_numbers_of_others(city, visit):
    before = ladder._version("all")
    admin = visit("system_admin")
    for role in ("leader", "supervisor"):
        admin.post("/admin/escalation/handling", data=lines(("due", "1", "working_days", "tell", role)))
        assert before != (before := ladder._version("all"))


def seen_on(page):
    return re.search(r'name="seen" value="([^"]+)"', page)[1]
