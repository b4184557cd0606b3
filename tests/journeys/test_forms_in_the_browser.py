"""An administrator designs a form with the keyboard, tries it, publishes it; people fill it in on the phone."""

import pytest
from playwright.sync_api import expect

from engine.cases import timeline
from engine.cases.drawn_facts import of_form
from engine.forms import catalogue
from engine.kit import clock
from engine.kit.config import ROOT
from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.studio import designing, form_publishing, questioning
from tests.stories import Story
from tests.web.accessibility import violations
from tests.web.conftest import PHONE

pytestmark = pytest.mark.browser
DESK = {"width": 1440, "height": 900}
ATTACK = '"><img src=x onerror=document.title="owned"><b>'
CRANE, TONS = ("需要吊车", "Needs a crane"), ("吊车吨位", "Tons of the crane")


def press(page, control):
    """Come to a control and press it, as one does without a mouse."""
    control.focus()
    expect(control).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def add(page, words, kind):
    """Add a question with the keyboard."""
    page.locator(".designer-add summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(words[0])
    page.keyboard.press("Tab")
    page.keyboard.type(words[1])
    page.select_option(".designer-add select", kind)
    press(page, page.locator(".designer-add button"))
    expect(page.locator("#field-label_zh").last).to_have_value(words[0])


def frame(page, which):
    """The preview on a desk or on a phone."""
    page.locator(f".designer-{which} iframe").scroll_into_view_if_needed()
    return page.frame_locator(f".designer-{which} iframe")


def test_a_form_is_designed_tried_published_and_filled_in(city, browse):
    with browse("system_admin", size=DESK) as page:
        page.goto("/studio/forms")
        assert violations(page) == []
        press(page, page.locator('tr:has(code:text-is("feedback")) button'))
        add(page, CRANE, "boolean")
        add(page, TONS, "integer")
        page.select_option("[name=visible_statement]", "needs_a_crane|is|1")
        page.check("#field-required")
        page.fill("#field-minimum", "1")
        press(page, page.get_by_role("button", name="保存到草稿"))
        assert "needs_a_crane" in page.inner_text(".designer-rule code")
        is_tried(page)
        press(page, page.get_by_role("button", name="上移：吊车吨位"))
        press(page, page.get_by_role("button", name="撤销"))
        expect(page.locator(".designer-question > a").last).to_have_text(TONS[0])
        assert violations(page) == []
        press(page, page.get_by_role("link", name="查看并发布"))
        assert violations(page) == []
        page.fill("#field-note", "吊车要提前安排")
        press(page, page.get_by_role("button", name="发布", exact=True))
        assert "第 2 版生效中" in page.inner_text("main")
        assert violations(page) == []
        # What the preview refused, it refused as the desk does.
        assert [one for one in page.complaints if "422" not in one] == []
    is_filled_in(city, browse)


def is_tried(page):
    """The preview asks for the tons only once a crane is needed, and at both widths."""
    desk, phone = frame(page, "desk"), frame(page, "phone")
    expect(desk.locator("#field-tons_of_the_crane")).to_be_hidden()
    desk.locator("#field-needs_a_crane").check()
    expect(desk.locator("#field-tons_of_the_crane")).to_be_visible()
    desk.locator("[type=submit]").click()
    expect(desk.locator(".form-summary")).to_be_visible()
    assert phone.locator("#content").evaluate("() => window.innerWidth") < 400
    assert desk.locator("#content").evaluate("() => window.innerWidth") > 700


def is_filled_in(city, browse):
    story = Story(city, now=clock.now()).filed().signed()
    story.do(story.handler, "handling", note="已清理")
    with browse(f"clerk.{story.case.department.code}", size=PHONE) as page:
        page.goto(f"/desk/cases/{story.case_id}/feedback")
        page.fill("#field-note", "已清理完毕")
        page.check("#field-needs_a_crane")
        page.fill("#field-tons_of_the_crane", "12")
        assert violations(page) == []
        page.click(".form-end [type=submit]")
        page.wait_for_url(f"**/desk/cases/{story.case_id}")
        told = page.inner_text(".timeline")
        assert CRANE[0] in told
        assert "12" in told
        assert not page.complaints, page.complaints


def test_what_an_administrator_writes_never_runs(city, browse):
    by, at, said = city.system_admin, Story(city).now, {"zh": ATTACK, "en": ATTACK}
    with unit_of_work():
        draft = designing.begin("comment", by=by, at=at)
        for revision, kind in enumerate(("boolean", "choice", "long_text"), 1):
            questioning.add(draft.id, kind, said, revision=revision, by=by, at=at)
        last = draft.entry["fields"][-1]
        told = last | {
            "help": said,
            "section": said,
            "phrases": [said],
            "visible_when": {"field": "note", "answered": True},
        }
        questioning.change(draft.id, last["name"], told, revision=4, by=by, at=at)
        questioning.describe(draft.id, {"title": said, "submit": said, "help": said}, revision=5, by=by, at=at)
        form_publishing.publish(draft.id, revision=6, note=ATTACK, by=by, at=at)
        other = designing.begin("comment", by=by, at=at).id
    story = Story(city).filed()
    with browse("system_admin", size=DESK) as page:
        for path in (
            "forms",
            "forms/comment",
            f"form-drafts/{other}/questions/note",
            f"form-drafts/{other}/publication",
        ):
            page.goto(f"/studio/{path}")
            is_harmless(page)
    with browse("zhou", size=PHONE) as page:
        page.goto(f"/desk/cases/{story.case_id}/comment")
        page.fill("#field-note", "试试")
        page.press("#field-note", "Tab")
        page.click("[data-phrases] button")
        is_harmless(page)
        page.click(".form-end [type=submit]")
        page.wait_for_url(f"**/desk/cases/{story.case_id}")
        is_harmless(page)


def is_harmless(page):
    """What was written stands there as text, and nothing of it ran."""
    assert page.locator("img[src=x]").count() == 0
    assert page.title() != "owned"
    assert page.complaints == []


def test_a_step_of_ones_own_asks_what_its_form_was_when_it_opened(city, browse):
    by, at = city.system_admin, Story(city).now
    with unit_of_work():
        draft = designing.begin_new("结案复核", "Closing review", by=by, at=at)
        questioning.add(draft.id, "boolean", {"zh": "有疑点", "en": "In doubt"}, revision=1, by=by, at=at)
        form_publishing.publish(draft.id, revision=2, note="复核", by=by, at=at)
        drawn = (ROOT / "workflows" / "standard_case.bpmn").read_text("utf-8")
        drawn = drawn.replace('form="closure" act="closure"', 'form="closing_review" act="step"')
        definitions.publish("standard_case", drawn, by_id=None, at=at)
    story = Story(city).filed().handled().verified()
    with unit_of_work():
        draft = designing.begin("closing_review", by=by, at=story.now)
        questioning.add(draft.id, "text", {"zh": "疑点", "en": "Doubt"}, revision=1, by=by, at=story.now)
        form_publishing.publish(draft.id, revision=2, note="写清疑点", by=by, at=clock.now())
    assert set(of_form(catalogue.load("closing_review"))) == {"in_doubt", "doubt"}
    with browse("zhao", size=PHONE) as page:
        page.goto(f"/desk/cases/{story.case_id}/step")
        assert page.locator("#field-doubt").count() == 0
        page.check("#field-in_doubt")
        page.check("[name=outcome][value=close]")
        page.click(".form-end [type=submit]")
        page.wait_for_url(f"**/desk/cases/{story.case_id}")
        assert "有疑点" in page.inner_text(".timeline")
    db.session.rollback()
    entry = next(one for one in timeline.of(story.case) if one.act == "step")
    assert entry.detail["answers"] == {"form": "closing_review", "version": 1, "values": {"in_doubt": True}}
