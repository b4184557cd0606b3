"""The page of a case: what it shows, to whom, and at what cost."""

from sqlalchemy import select

from engine.audit.models import AuditRecord
from engine.cases.models import Source
from engine.cases.reporting import Reporter
from engine.kit import clock
from engine.kit.db import db
from tests.stories import Story

REMEMBERED = ("SELECT calendar", "SELECT role.code, role.scope", "SELECT setting")


def page(visit, who, story):
    with clock.fixed(story.now):
        return visit(who).get(f"/desk/cases/{story.case_id}")


def by_phone(city):
    return Story(city).report("sun", source=Source.hotline, photos=(), reporter=Reporter("王女士", "13800001234"))


def test_the_acceptor_sees_the_report_and_what_he_can_do(city, visit):
    story = Story(city).report()
    answer = page(visit, "li", story)
    assert answer.status_code == 200, answer.text
    assert story.case.number in answer.text
    for name in ("filing_proposal", "rejection", "merger"):
        assert f"/desk/cases/{story.case_id}/{name}" in answer.text
    assert f"/desk/cases/{story.case_id}/dispatch" not in answer.text


def test_who_may_not_see_it_finds_nothing(city, visit):
    story = Story(city).filed()
    other = "parks_clerk" if story.case.department.code != "landscaping" else "clerk"
    assert page(visit, other, story).status_code == 404
    assert page(visit, f"clerk.{story.case.department.code}", story).status_code == 200


def test_the_drawing_shows_where_it_is_and_where_it_was(city, visit):
    story = Story(city).filed()
    text = page(visit, "wang", story).text
    assert text.count("drawn-token") == len(story.waiting)
    assert "is-gone" in text
    assert "style=" not in text


def test_a_near_report_is_one_click_from_being_merged(city, visit):
    first = Story(city).report()
    second = Story(city, now=first.now).report(description="同一处垃圾")
    assert f"merger?into_number={first.case.number}" in page(visit, "li", second).text
    form = visit("li").get(f"/desk/cases/{second.case_id}/merger?into_number={first.case.number}").text
    assert f'value="{first.case.number}"' in form
    second.do("li", "merger", into_number=first.case.number)
    assert second.case.number in page(visit, "li", first).text
    assert first.case.number in page(visit, "li", second).text


def test_a_dispatcher_is_told_why_it_went_there(city, visit):
    story = Story(city).filed()
    assert "case-rules" in page(visit, "wang", story).text
    assert "case-rules" not in page(visit, "li", story).text


def test_the_clock_shows_its_pauses_and_both_dues(city, visit):
    story = Story(city).filed()
    text = page(visit, f"clerk.{story.case.department.code}", story).text
    assert text.count('class="clock-due"') == 2
    assert "clock-green" in text


def test_the_reporter_is_masked_and_shown_on_record(city, visit):
    story = by_phone(city)
    masked = page(visit, "li", story).text
    assert "138****1234" in masked
    assert "13800001234" not in masked
    li = visit("li")
    assert "13800001234" in li.post(f"/desk/cases/{story.case_id}/reporter-disclosures").text
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "reporter.revealed")).one()
    assert (record.user_name, record.object_id) == ("李受理", str(story.case_id))
    assert visit("wang").post(f"/desk/cases/{story.case_id}/reporter-disclosures").status_code == 403


def test_every_stage_of_the_loop_has_a_page(city, visit):
    story = Story(city).filed()
    for people in ("wang", "zhao", "zhou"):
        assert page(visit, people, story).status_code == 200
    story.handled().verified().do("zhao", "closure", result="resolved")
    text = page(visit, "zhao", story).text
    assert "/reopening" in text
    assert "drawn-token" not in text


def test_what_is_written_into_a_case_is_only_text(city, visit):
    story = Story(city).report(description="<script>alert(1)</script>{{ 7*7 }}", place='"><img src=x>')
    text = page(visit, "li", story).text
    assert "<script>alert" not in text
    assert "<img src=x>" not in text


def test_the_page_costs_few_statements(city, visit, statements):
    story = Story(city).filed().signed()
    for who in ("wang", f"handler.{story.case.department.code}", "li"):
        browser = visit(who)
        browser.get(f"/desk/cases/{story.case_id}")
        with statements() as seen:
            assert browser.get(f"/desk/cases/{story.case_id}").status_code == 200
        needed = [one for one in seen if not one.startswith(REMEMBERED)]
        assert len(needed) <= 25, "\n".join(needed)
