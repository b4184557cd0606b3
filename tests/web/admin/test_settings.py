import re

from engine.audit import queries as audit
from engine.audit.queries import Filter
from engine.catalog.code_system import CODE_SYSTEM
from engine.settings import queries, values
from engine.settings.declarations import find
from web.admin import wording


def test_a_setting_is_changed_and_on_record(visit, city):
    answer = visit("system_admin").post("/admin/settings/catalog.code_system", data={"value": "GBT47678.5-2026"})
    assert answer.status_code == 303
    values._stored.forget()
    assert values.get(CODE_SYSTEM) == "GBT47678.5-2026"
    assert audit.find(Filter(action="setting.changed")).rows[0].user_name == "系统管理员"


def test_what_cannot_be_stands_beside_its_field(visit, city):
    answer = visit("system_admin").post("/admin/settings/catalog.code_system", data={"value": "none such"})
    assert answer.status_code == 422
    assert 'id="error-catalog.code_system"' in answer.text


def test_an_unknown_setting_is_not_found(visit, city):
    assert visit("system_admin").post("/admin/settings/no.such", data={"value": "1"}).status_code == 404


def test_the_city_says_how_often_somebody_may_guess(visit, app, city):
    visit("system_admin").post("/admin/settings/session.failures", data={"value": "3"})
    stranger = app.test_client()
    for _ in range(3):
        stranger.post("/sign-in", data={"username": "collector.chen", "password": "guess"})
    assert city.user("chen").locked_until is not None


def test_what_is_yes_or_no_was_delivered_as_yes_or_no(visit):
    page = visit("system_admin", language="en").get("/admin/settings").text
    assert "delivered: Yes" in page
    assert "delivered: True" not in page
    assert "delivered: False" not in page


def test_a_choice_and_a_room_are_called_by_their_names(visit):
    page = visit("system_admin", language="en").get("/admin/settings").text
    assert "GB/T 30428.2-2013</option>" in page
    assert {one.setting.name.partition(".")[0] for one in queries.listed()} <= wording.ROOMS.keys()


def test_a_setting_tells_its_history_and_goes_back_to_what_was_delivered(visit, city):
    admin = visit("system_admin", language="en")
    assert "Never changed" in admin.get("/admin/settings/session.failures/history").text
    admin.post("/admin/settings/session.failures", data={"value": "3"})
    admin.post("/admin/settings/session.failures", data={"value": "4"})
    page = admin.get("/admin/settings/session.failures/history").text
    rows = re.findall(r'data-label="Before">(\d+)</td>\s*<td data-label="Afterwards">(\d+)</td>', page)
    delivered = find("session.failures").default
    assert rows == [("3", "4"), (str(delivered), "3")]
    back = re.search(r'name="value" value="([^"]*)"', page)
    admin.post("/admin/settings/session.failures", data={"value": back[1]})
    values._stored.forget()
    assert values.get(find("session.failures")) == delivered


def test_every_setting_can_go_back_to_what_was_delivered(visit, city):
    for one in queries.listed():
        default = one.setting.default
        sent = {True: "1", False: "0"}.get(default, str(default)) if isinstance(default, bool) else str(default)
        assert one.setting.read(sent) == default, one.setting.name


def test_the_history_of_no_setting_is_not_found(visit, city):
    assert visit("system_admin").get("/admin/settings/no.such/history").status_code == 404
    assert visit("audit_admin").get("/admin/settings/session.failures/history").status_code == 403
