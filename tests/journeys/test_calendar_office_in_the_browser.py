"""In autumn an administrator enters the notice of the State Council, looks what it does, and publishes the year."""

import pytest

from engine.calendars import queries
from engine.deadlines import jobs
from engine.kit.db import db
from tests import city as cities
from tests.stories import Story
from tests.web.conftest import PHONE

pytestmark = pytest.mark.browser

NOTICE = (("2027-01-01", "off", "元旦"), ("2027-01-02", "off", "元旦"), ("2027-01-03", "work", "元旦调休上班"))


@pytest.fixture
def december(street):
    """A case whose time limit runs over New Year, of which nobody knows yet when it ends."""
    story = Story(street.city, now=cities.at("2026-12-31 15:00")).filed().signed()
    street.wall.now = story.now
    return story


def workers(street):
    """Workers come by until nothing is left to do."""
    db.session.rollback()
    while jobs.run_due(street.wall.now):
        db.session.rollback()
    db.session.expire_all()


def test_the_next_year_is_entered_previewed_and_published(street, december):
    provisional = december.case.due_at
    assert december.case.due_is_provisional
    with street.person("system_admin") as admin:
        admin.open("/admin/people")
        admin.page.click(".notice-warning a")
        admin.page.wait_for_selector(".year")
        admin.look()
        for day, kind, note in NOTICE:
            admin.page.click(f".year a[href$='/days/{day}']")
            admin.page.wait_for_selector("form.form")
            admin.look().fill(kind=kind, note=note).send()
        admin.page.click("button:has-text('发布 2027')")
        admin.page.wait_for_selector(".notice-success")
        admin.look()
        assert "元旦调休上班" in admin.page.inner_text(".draft")
        admin.page.click(".draft button:has-text('预览影响')")
        admin.page.wait_for_selector("progress")
        workers(street)
        # The page asks by itself.
        admin.page.wait_for_selector("#run .confirm", timeout=10_000)
        admin.look()
        assert december.case.number in admin.text
        assert "由暂定转为确定" in admin.text
        assert december.case.due_at == provisional
        admin.page.click("#run .confirm summary")
        admin.page.check("#run .confirm [name=is_sure]")
        admin.page.click("#run .confirm button.btn-danger")
        admin.page.wait_for_selector("progress")
        workers(street)
        admin.page.wait_for_selector("#run:not([hx-trigger])", timeout=10_000)
        admin.look()
    assert 2027 in queries.plan(queries.find()).published
    assert not december.case.due_is_provisional
    assert december.case.due_at == cities.at("2027-01-03 15:00") or december.case.due_at != provisional
    with street.person("clerk") as clerk:
        clerk.open(f"/desk/cases/{december.case_id}")
        assert "由暂定转为确定" in clerk.text


def test_the_year_fits_a_phone_and_an_old_page_loses_nothing(street):
    with street.person("system_admin", size=PHONE) as admin:
        admin.open("/admin/calendars/1?year=2026")
        assert admin.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        admin.open("/admin/calendars/1/days/2026-06-30").fill(kind="off", note="停电检修")
        with street.person("system_admin") as colleague:
            colleague.open("/admin/calendars/1/days/2026-06-29").fill(kind="off").send()
        admin.send(refused=True)
        assert admin.typed("note") == "停电检修"
        admin.send()
        assert "停电检修" in admin.page.inner_text(".draft")
        assert admin.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
