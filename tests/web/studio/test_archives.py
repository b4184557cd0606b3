"""Carrying a configuration in the browser: out, in, compared, handed in, agreed to; every "no" beside its reason."""

from io import BytesIO

import pytest

from engine.cases.limits import HANDLING_DAYS
from engine.kit.db import db, unit_of_work
from engine.settings import values
from engine.studio import archive_file, archives, archiving
from engine.studio.parts import registry
from tests.city import FOUNDED

SURE = {"is_sure": "1"}


def packed(city, part="settings", change=None):
    """The part as an archive, after somebody made ``change`` of its items."""
    unpacked = archive_file.unpack(
        archiving.export([part], name="省<b>标准", version="3", issuer="省厅", by=city.system_admin, at=FOUNDED)
    )
    items = dict(registry.find(part).items(unpacked.parts[part]))
    items |= change or {HANDLING_DAYS.name: 9}
    return archive_file.pack(unpacked.origin, {part: registry.find(part).files(items)})


def send(browser, content, name="standard.zip"):
    return browser.post("/studio/archives", data={"file": (BytesIO(content), name)}, content_type="multipart/form-data")


def days():
    """Time limit of handling, as it is now."""
    db.session.rollback()
    values.look_again()
    return values.get(HANDLING_DAYS)


@pytest.fixture
def archive(city, visit):
    """An archive that the system administrator has brought in: handling gets nine days."""
    answer = send(visit("system_admin"), packed(city))
    assert answer.status_code == 303, answer.text
    return answer.location


@pytest.fixture
def handed_in(visit, archive):
    told = {"part": "settings", "note": "与省标准一致"}
    assert visit("system_admin").post(f"{archive}/submission", data=told).status_code == 303
    return archive


def test_it_is_exported_and_comes_back_without_a_difference(visit):
    browser = visit("system_admin", language="en")
    answer = browser.post("/studio/archives/exports", data={"name": "Standard", "part": ["settings", "ladder"]})
    assert answer.mimetype == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    page = browser.get(send(browser, answer.data).location).text
    assert page.count("nothing: all is alike") == 2
    refused = browser.post("/studio/archives/exports", data={"version": "7"})
    assert refused.status_code == 422
    assert "Please say what the archive is called." in refused.text
    assert 'value="7"' in refused.text


def test_what_it_would_change_is_told_before_anything_changes(visit, archive):
    browser = visit("system_admin", language="en")
    page = browser.get(archive).text
    assert "省&lt;b&gt;标准" in page
    assert "<b>标准" not in page
    told = browser.get(f"{archive}/parts/settings").text
    assert "Time limit of handling where no filing condition gives one" in told
    assert "<del>3</del>" in told
    assert "<ins>9</ins>" in told
    assert browser.get(f"{archive}/parts/roles").status_code == 404
    assert days() == 3


def test_a_second_person_puts_it_in_force(visit, handed_in):
    director, drawer = visit("qian"), visit("system_admin")
    assert "/approval" not in drawer.get(handed_in).text
    assert drawer.post(f"{handed_in}/approval", data=SURE).status_code == 403
    assert f"{handed_in}/approval" in director.get(handed_in).text
    assert director.post(f"{handed_in}/approval").status_code == 422, "no tick"
    assert director.post(f"{handed_in}/approval", data=SURE).status_code == 303
    assert days() == 9
    assert "变更前的内容" in drawer.get(handed_in).text
    listed = drawer.get("/studio/archives").text
    assert "省厅" in listed
    assert director.post(f"{handed_in}/approval", data=SURE).status_code == 409


def test_what_was_before_is_brought_back(visit, handed_in):
    visit("qian").post(f"{handed_in}/approval", data=SURE)
    drawer = visit("system_admin")
    db.session.rollback()
    before = archives.standards()["settings"].before_id
    back = drawer.post(f"/studio/archives/{before}/repetition").location
    drawer.post(f"{back}/submission", data={"part": "settings", "note": "退回原值"})
    assert visit("qian").post(f"{back}/approval", data=SURE).status_code == 303
    assert days() == 3


def test_nothing_that_was_typed_is_lost(visit, archive):
    browser = visit("system_admin")
    refused = browser.post(f"{archive}/submission", data={"note": "因为省里要求"})
    assert refused.status_code == 422
    assert "请至少选择一个会有变化的部分" in refused.text
    assert "因为省里要求" in refused.text
    refused = browser.post(f"{archive}/submission", data={"part": "settings"})
    assert refused.status_code == 422
    assert 'value="settings" checked' in refused.text


def test_it_is_returned_or_given_up(visit, handed_in):
    director, drawer = visit("qian"), visit("system_admin")
    assert director.post(f"{handed_in}/rejection").status_code == 422
    assert director.post(f"{handed_in}/rejection", data={"reason": "期限<i>过长"}).status_code == 303
    assert "期限&lt;i&gt;过长" in drawer.get(handed_in).text
    assert drawer.post(f"{handed_in}/discarding").status_code == 303
    assert drawer.post(f"{handed_in}/discarding").status_code == 409
    assert drawer.get(handed_in).status_code == 200


def test_a_stale_comparison_is_no_ground_to_agree_on(visit, city, handed_in):
    with unit_of_work():
        values.set(HANDLING_DAYS, 5, by=city.system_admin, at=FOUNDED)
    refused = visit("qian", language="en").post(f"{handed_in}/approval", data=SURE)
    assert refused.status_code == 409
    assert "Please compare again" in refused.text
    drawer = visit("system_admin")
    assert drawer.post(f"{handed_in}/comparison").status_code == 303
    assert "<del>5</del>" in drawer.get(f"{handed_in}/parts/settings").text


def test_rights_wait_for_the_security_administrator(visit, city):
    role = {"name": "巡查<script>alert(1)</script>", "name_en": "Inspector", "scope": "city", "permissions": []}
    drawer = visit("system_admin")
    address = send(drawer, packed(city, "roles", {"inspector": role})).location
    drawer.post(f"{address}/submission", data={"part": "roles", "note": "新增角色"})
    assert "<script>alert" not in drawer.get(f"{address}/parts/roles").text
    director = visit("qian", language="en")
    assert "decided by the security administrator" in director.get(address).text
    assert director.post(f"{address}/approval", data=SURE).status_code == 403
    assert visit("security_admin").post(f"{address}/approval", data=SURE).status_code == 303


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04 broken"])
def test_what_is_no_archive_is_refused_beside_the_field(visit, content):
    refused = send(visit("system_admin", language="en"), content)
    assert refused.status_code == 422
    assert 'id="error-file"' in refused.text
    assert "This is no zip archive, or it is broken." in refused.text
    assert send(visit("system_admin"), content, "").status_code == 422


def test_problems_stand_beside_their_part(visit, city):
    browser = visit("system_admin", language="en")
    address = send(browser, packed(city, change={"<b>bold": 1, HANDLING_DAYS.name: -1})).location
    page = browser.get(address).text
    assert "cannot be put in force" in page
    assert "The least allowed is 1." in page
    assert "&lt;b&gt;bold" in page
    assert browser.post(f"{address}/submission", data={"part": "settings", "note": "x"}).status_code == 422


def test_pages_cost_few_statements(visit, statements, archive):
    browser = visit("system_admin")
    for address in ("/studio/archives", archive, f"{archive}/parts/settings"):
        browser.get(address)
        with statements() as seen:
            assert browser.get(address).status_code == 200
        assert len(seen) <= 12, seen


def test_many_differences_come_page_by_page(visit, city):
    conditions = {key: item | {"note": "省标准"} for key, item in registry.find("categories").read().items()}
    browser = visit("system_admin", language="en")
    address = send(browser, packed(city, "categories", conditions)).location
    last = len(conditions) // 50 + 1
    for page, status in (("1", 200), (str(last), 200), ("99999", 200), ("-1", 200), ("x", 200)):
        assert browser.get(f"{address}/parts/categories?page={page}").status_code == status
    assert browser.get(f"{address}/parts/categories").text.count("is-changed") == 50


def test_a_drawing_is_seen_beside_the_one_in_force(visit, city):
    drawn = registry.find("processes").read()["appeal"].replace('name="', 'name="省标&lt;i&gt;', 3)
    browser = visit("system_admin", language="en")
    address = send(browser, packed(city, "processes", {"appeal": drawn, "added": drawn})).location
    assert f"{address}/drawings/appeal" in browser.get(f"{address}/parts/processes").text
    page = visit("qian", language="en").get(f"{address}/drawings/appeal").text
    assert page.count("<svg viewBox") == 2
    assert "is-changed" in page
    assert "省标&lt;i&gt;" in page
    assert "<i>" not in page
    assert browser.get(f"{address}/drawings/added").text.count("<svg viewBox") == 1
    assert browser.get(f"{address}/drawings/nothing").status_code == 404
    assert visit("wang").get(f"{address}/drawings/appeal").status_code == 403
