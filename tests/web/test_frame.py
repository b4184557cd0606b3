"""The frame in a browser: accessible, nothing blocked by the policy, usable at 360 px and by keyboard."""

import pytest

from tests.city import CAST, PASSWORD
from tests.web.accessibility import violations
from tests.web.conftest import DESK, PHONE

pytestmark = pytest.mark.browser


def is_too_wide(page):
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_signing_in_and_ones_account_are_accessible(browse, size, language):
    with browse(size=size, language=language) as page:
        page.goto("/sign-in")
        assert violations(page) == []
        assert not is_too_wide(page)
    with browse("system_admin", size=size, language=language) as page:
        page.goto("/me")
        assert violations(page) == []
        assert not is_too_wide(page)
        assert page.complaints == []


def test_signing_in_leads_to_the_first_room(browse):
    with browse() as page:
        page.goto("/sign-in")
        page.fill("[name=username]", CAST["wang"])
        page.fill("[name=password]", PASSWORD)
        page.click(".form button")
        page.wait_for_url("**/desk/work")
        assert page.complaints == []


def test_the_rail_folds_and_stays_folded(browse):
    with browse("system_admin") as page:
        page.goto("/me")
        wide = page.locator(".rail").bounding_box()["width"]
        page.click("[data-fold-rail]")
        page.goto("/me")
        assert page.locator(".rail").bounding_box()["width"] < wide / 2


def test_the_first_tab_stop_leads_to_the_content(browse):
    with browse("system_admin") as page:
        page.goto("/me")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip-link"


def test_at_twice_the_text_size_a_phone_still_shows_everything(browse):
    with browse(size=PHONE) as page:
        page.goto("/sign-in")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert not is_too_wide(page)


def test_a_form_is_sent_once_however_often_its_button_is_pressed(browse, address):
    sent = []
    with browse() as page:
        page.goto("/sign-in")
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        page.fill("[name=username]", "nobody")
        page.fill("[name=password]", "nothing")
        page.dblclick(".form button")
        page.wait_for_selector(".notice-danger")
    assert len(sent) == 1


def test_on_a_phone_every_room_is_reached_by_touch(browse):
    rooms = ".rail a", "elements => elements.map(element => element.getAttribute('href'))"
    with browse("wu", size=PHONE) as page:
        page.goto("/me")
        all_rooms = page.eval_on_selector_all(*rooms)
        assert len(all_rooms) > 3
        for address in all_rooms:
            page.goto("/me")
            way = page.locator(f".bottom a[href='{address}']")
            if not way.is_visible():
                page.click(".bottom summary")
            way.click()
            page.wait_for_url(f"**{address}")
        assert page.locator(".bottom .is-here").is_visible(), "the last room is behind the fourth place"
        page.click(".bottom summary")
        assert violations(page) == []
        assert not is_too_wide(page)
