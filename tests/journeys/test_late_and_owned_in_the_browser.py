"""What a dispute leaves behind: an appeal against being judged late, and an ownership that is remembered."""

import pytest
from sqlalchemy import select

from engine.cases.adjustment_models import Adjustment
from engine.cases.models import Stage
from engine.cases.round_models import Dispatch
from engine.dispatch_rules.models import ConfirmedOwnership
from engine.kit.db import db
from tests.journeys.people import picture
from tests.stories import Story
from tests.web.conftest import PHONE

pytestmark = pytest.mark.browser


def test_a_department_appeals_and_two_of_the_centre_excuse_it(street):
    story = Story(street.city, street.wall.now).filed().wait(days=14).handled().verified()
    story.do("zhao", "closure", result="resolved")
    street.wall.now, address = story.now, f"/desk/cases/{story.case_id}"
    due, handled = story.case.due_at, story.case.handled_at
    with street.person("clerk", size=PHONE) as clerk:
        clerk.open(address).choose("appeal").fill(reason="weather", note="连续暴雨，无法施工")
        clerk.send(refused=True)  # nothing is proved by words alone
        clerk.fill(documents=[picture("雨情通报.jpg")]).send()
        assert not clerk.offered("appeal")
    with street.person("wang") as wang:
        wang.take(story.case.number).choose("appeal_approval")
        assert "连续暴雨" in wang.text
        wang.fill(note="气象记录属实").send()
        assert not wang.offered("appeal_approval")
    assert story.case.late_excused_at is None
    with street.person("li") as li:
        li.take(story.case.number).choose("appeal_approval").send()
        assert "申诉通过" in li.text
    case = story.case
    assert db.session.scalars(select(Adjustment.state)).all() == ["granted"]
    assert (case.due_at, case.handled_at, case.stage) == (due, handled, Stage.closed)
    assert case.late_excused_at is not None


def test_an_appeal_that_is_refused_stays_late(street):
    story = Story(street.city, street.wall.now).filed().wait(days=14).handled().verified()
    story.do("zhao", "closure", result="resolved")
    street.wall.now = story.now
    with street.person("head") as head:
        head.open(f"/desk/cases/{story.case_id}").choose("appeal")
        head.fill(reason="others", note="燃气公司未到场", documents=[picture()]).send()
    with street.person("wang") as wang:
        wang.take(story.case.number).choose("appeal_refusal").fill(note="无到场记录").send()
    with street.person("head") as head:
        head.open(f"/desk/cases/{story.case_id}")
        assert "无到场记录" in head.text
        assert not head.offered("appeal")
    assert story.case.late_excused_at is None


def test_what_the_director_decided_is_remembered_until_it_is_ended(street):
    city = street.city
    words = {"reason": "not_our_duty", "note": "权责清单列为他部门职责"}
    story = Story(city, street.wall.now).filed()
    story.do("clerk", "return_request", **words).do("wang", "return_grant", note="同意")
    story.do("wang", "dispatch", department_id=city.parks.id)
    story.do("parks_clerk", "return_request", **words).do("wang", "return_grant", note="同意")
    street.wall.now = story.now
    with street.person("qian") as qian:
        qian.take(story.case.number).choose("arbitration")
        qian.fill(department_id=str(city.parks.id), authorised_by="联席会议", minutes_number="2026-3")
        qian.fill(remember="street").send()
    again = Story(city, street.wall.now).filed()
    street.wall.now = again.now
    assert again.case.department_id == city.parks.id
    with street.person("wang") as wang:
        wang.open(f"/desk/cases/{again.case_id}")
        assert "依据会议纪要2026-3确权" in wang.text
    with street.person("system_admin") as admin:
        admin.open("/admin/authority/ownership")
        assert story.case.number in admin.text
        admin.page.click("a[href$='/end']")
        admin.look().fill(reason="产权已移交").send()
        admin.open("/admin/authority/ownership?ended=1").open("/admin/authority/ownership/new")
    with street.person("system_admin", size=PHONE) as admin:
        admin.open("/admin/authority/ownership?ended=1")
        assert admin.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert db.session.scalars(select(ConfirmedOwnership.end_reason)).all() == ["产权已移交"]
    third = Story(city, street.wall.now).filed()
    latest = db.session.scalars(select(Dispatch).where(Dispatch.case_id == third.case_id)).one()
    assert latest.department_id == city.sanitation.id
