"""Forms are designed on server-rendered pages, published, and filled in on the desk."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from engine.cases import timeline
from engine.cases.models import Case
from engine.forms import catalogue, published
from engine.forms.models import FormDefinition
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.studio import designing, form_publishing, questioning
from tests.stories import Story, category, photo

ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}%(name)s'
TEXT = {"label_zh": "现场联系人", "label_en": "Contact on site", "kind": "text"}


@pytest.fixture
def admin(visit):
    return visit("system_admin")


@pytest.fixture
def draft(city):
    """The system administrator has begun to change the form of comments."""
    with unit_of_work():
        return designing.begin("comment", by=city.system_admin, at=Story(city).now).id


def fields(draft):
    db.session.rollback()
    return {one["name"]: one for one in db.session.get_one(FormDefinition, draft).entry["fields"]}


def post(browser, draft, path, revision, **data):
    return browser.post(f"/studio/form-drafts/{draft}{path}", data={"revision": str(revision), **data})


def test_a_form_is_changed_question_by_question(admin, draft):
    added = post(admin, draft, "/questions", 1, **TEXT)
    assert added.location.endswith("/questions/contact_on_site")
    page = admin.get(added.location).text
    assert "现场联系人" in page
    told = {"label_zh": "联系人", "label_en": "Contact", "help_zh": "姓名和电话", "required": "1", "width": "half",
            "max_length": "80", "phrases_zh": "物业值班员\n门卫", "phrases_en": "Caretaker"}  # fmt: skip
    assert post(admin, draft, "/questions/contact_on_site", 2, **told).status_code == 303
    kept = fields(draft)["contact_on_site"]
    assert (kept["kind"], kept["required"], kept["max_length"], kept["width"]) == ("text", True, 80, "half")
    assert kept["phrases"] == [{"zh": "物业值班员", "en": "Caretaker"}, {"zh": "门卫", "en": ""}]
    assert post(admin, draft, "/questions/contact_on_site/place", 3, way="up").status_code == 303
    assert next(iter(fields(draft))) == "contact_on_site"
    assert post(admin, draft, "/questions/contact_on_site/removal", 4).status_code == 303
    assert "contact_on_site" not in fields(draft)
    assert post(admin, draft, "/undoing", 5).status_code == 303
    assert "contact_on_site" in fields(draft)
    assert post(admin, draft, "/redoing", 6).status_code == 303
    assert "contact_on_site" not in fields(draft)
    assert post(admin, draft, "/redoing", 7).status_code == 409


def test_choices_and_rules_are_told_in_rows(admin, draft):
    post(admin, draft, "/questions", 1, label_zh="损坏", label_en="Damage", kind="choice")
    told = {
        "label_zh": "损坏",
        "label_en": "Damage",
        "width": "full",
        "option_value": ["yes", "", ""],
        "option_zh": ["轻微", "严重", ""],
        "option_en": ["Slight", "Severe", ""],
    }
    assert post(admin, draft, "/questions/damage", 2, **told).status_code == 303
    assert [one["value"] for one in fields(draft)["damage"]["options"]] == ["yes", "severe"]
    post(admin, draft, "/questions", 3, label_zh="面积", label_en="Area", kind="number")
    page = admin.get(f"/studio/form-drafts/{draft}/questions/area").text
    assert 'value="damage|is|severe"' in page
    rule = {
        "label_zh": "面积",
        "label_en": "Area",
        "width": "full",
        "minimum": "0.5",
        "visible_statement": ["damage|is|severe", "note|answered|", ""],
        "visible_bound": ["", "", ""],
        "visible_join": "all",
    }
    assert post(admin, draft, "/questions/area", 4, **rule).status_code == 303
    kept = fields(draft)["area"]
    assert kept["visible_when"] == {"all": [{"field": "damage", "is": ["severe"]}, {"field": "note", "answered": True}]}
    page = admin.get(f"/studio/form-drafts/{draft}/questions/area").text
    assert "damage == &#34;severe&#34; &amp;&amp; note != &#34;&#34;" in page
    wrong = rule | {"visible_statement": ["area_2|is|1"]}
    assert post(admin, draft, "/questions/area", 5, **wrong).status_code == 422
    note = fields(draft)["note"]
    told = {
        "label_zh": "说明",
        "label_en": "Comment",
        "width": "full",
        "max_length": str(note["max_length"]),
        "required": "1",
        "visible_statement": ["area|at_least|"],
        "visible_bound": ["viel"],
    }
    answer = post(admin, draft, "/questions/note", 5, **told)
    assert answer.status_code == 422
    assert "请填数字" in answer.text or "数字" in answer.text


def test_bad_input_keeps_what_was_typed(admin, draft):
    answer = post(admin, draft, "/questions", 1, label_zh="", label_en="", kind="text")
    assert answer.status_code == 422
    answer = post(admin, draft, "/questions/note", 1, label_zh="意见和建议", width="full", max_length="9999")
    assert answer.status_code == 422
    assert "意见和建议" in answer.text
    assert post(admin, draft, "/questions/none", 1).status_code == 404
    assert post(admin, draft, "/questions", 1, label_zh="x" * 201, kind="text").status_code == 422
    assert admin.get("/studio/form-drafts/999").status_code == 404
    assert admin.get("/studio/forms/person").status_code == 404
    assert admin.post("/studio/forms/person/drafts").status_code == 404


def test_of_two_administrators_the_second_keeps_what_he_typed(visit, city, draft):
    one = visit("system_admin")
    with unit_of_work():
        questioning.add(draft, "text", {"zh": "别人的", "en": ""}, revision=1, by=city.qian, at=clock.now())
    told = {"label_zh": "我的说明", "label_en": "Mine", "width": "full", "max_length": "500"}
    answer = post(one, draft, "/questions/note", 1, **told)
    assert answer.status_code == 409
    assert "我的说明" in answer.text
    assert city.qian.name in answer.text
    assert post(one, draft, "/questions/note/removal", 1).status_code == 409
    assert post(one, draft, "/publication", 1, note="x").status_code == 409
    second = one.post("/studio/forms/comment/drafts")
    assert second.status_code == 409


def test_what_is_written_into_labels_is_text(admin, draft):
    for kind in ("text", "choice", "boolean"):
        found = fields(draft)
        post(admin, draft, "/questions", len(found), label_zh=ATTACK, label_en=ATTACK, kind=kind)
    post(admin, draft, "", 4, title_zh=ATTACK, title_en=ATTACK, submit_zh=ATTACK, submit_en=ATTACK, help_zh=ATTACK)
    for path in ("", "/preview", "/publication", "/questions/question"):
        page = admin.get(f"/studio/form-drafts/{draft}{path}").text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "{{7*7}}%(name)s" in admin.get(f"/studio/form-drafts/{draft}/preview").text


def test_the_preview_is_drawn_and_read_as_the_desk_does(admin, draft):
    post(admin, draft, "/questions", 1, label_zh="吨位", label_en="Tons", kind="integer")
    page = admin.get(f"/studio/form-drafts/{draft}/preview")
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "吨位" in page.text
    wrong = admin.post(f"/studio/form-drafts/{draft}/preview", data={"note": "x", "tons": "zwei"})
    assert wrong.status_code == 422
    right = admin.post(f"/studio/form-drafts/{draft}/preview", data={"note": "试一下", "tons": "12"})
    assert (right.status_code, "12" in right.text) == (200, True)


def test_the_desk_asks_keeps_and_tells_what_was_designed(visit, admin, city, draft):
    post(admin, draft, "/questions", 1, **TEXT)
    post(admin, draft, "/questions", 2, label_zh="重大", label_en="Major", kind="boolean")
    answer = post(admin, draft, "/publication", 3, note="现场要有人")
    assert answer.status_code == 303, answer.text
    assert "现场要有人" in admin.get(answer.location).text
    story = Story(city).filed()
    address = f"/desk/cases/{story.case_id}/comment"
    clerk = visit("zhou")
    assert "现场联系人" in clerk.get(address).text
    assert "Contact on site" in visit("zhou", language="en").get(address).text
    sent = {"note": "已到场", "contact_on_site": "门卫", "major": "1", "form_version": "2"}
    assert clerk.post(address, data=sent).status_code == 303
    assert timeline.of(story.case)[-1].detail["answers"]["values"] == {"contact_on_site": "门卫", "major": True}
    page = clerk.get(f"/desk/cases/{story.case_id}").text
    assert "现场联系人" in page
    assert "门卫" in page


def test_a_report_asks_what_the_city_designed(visit, city):
    by, at = city.system_admin, Story(city).now
    with unit_of_work():
        form = designing.begin("report", by=by, at=at)
        questioning.add(form.id, "photos", {"zh": "远景照片", "en": "Wide view"}, revision=1, by=by, at=at)
        questioning.add(form.id, "integer", {"zh": "堆放袋数", "en": "Bags"}, revision=2, by=by, at=at)
        questioning.remove(form.id, "component_id", revision=3, by=by, at=at)
        form_publishing.publish(form.id, revision=4, note="要远景", by=by, at=at)
    chen = visit("chen")
    page = chen.get("/desk/reports/new").text
    assert "远景照片" in page
    assert "data-components" not in page
    assert chen.get("/desk/components?point=1,1").status_code == 404
    place = "{:.6f},{:.6f}".format(*city.spot)
    sent = {
        "category_id": category().id,
        "description": "路边有暴露垃圾",
        "point": place,
        "source": "patrol",
        "bags": "7",
    }
    files = {name: (photo(name).stream, f"{name}.jpg") for name in ("red", "blue")}
    answer = chen.post(
        "/desk/reports/new", data=sent | {"bags": "7", "photos": files["red"], "wide_view": files["blue"]}
    )
    assert answer.status_code == 303, answer.text
    case = db.session.scalars(select(Case)).one()
    assert (case.photo_count, case.component_id) == (2, None)
    assert timeline.of(case)[0].detail["answers"]["values"] == {"bags": 7}
    assert "堆放袋数" in chen.get(answer.location).text


def test_answers_are_exported_with_the_cases(visit, admin, city, draft):
    post(admin, draft, "/questions", 1, **TEXT)
    post(admin, draft, "/questions", 2, label_zh="承办", label_en="In charge", kind="department")
    post(admin, draft, "/publication", 3, note="现场要有人")
    story = Story(city).filed()
    sent = {"note": "已到场", "contact_on_site": "=1+1", "in_charge": str(city.parks.id), "form_version": "2"}
    assert visit("zhou").post(f"/desk/cases/{story.case_id}/comment", data=sent).status_code == 303
    Story(city).filed()
    sheet = load_workbook(BytesIO(visit("zhou").get("/desk/cases.xlsx").data)).active
    head, *rows = sheet.iter_rows(values_only=True)
    assert head[-1] == "城市自设填写项"
    told = {row[0]: row[-1] for row in rows}
    assert told.pop(story.case.number) == f"现场联系人: =1+1\n承办: {city.parks.short_name}"
    assert list(told.values()) == [None]


def test_designed_forms_cost_few_statements(visit, admin, city, draft, statements):
    for number in range(1, 6):
        post(admin, draft, "/questions", number, **TEXT)
    for path in (
        "/studio/forms",
        f"/studio/form-drafts/{draft}",
        f"/studio/form-drafts/{draft}/questions/note",
        f"/studio/form-drafts/{draft}/preview",
        f"/studio/form-drafts/{draft}/publication",
    ):
        admin.get(path)
        with statements() as seen:
            assert admin.get(path).status_code == 200
        assert len(seen) <= 12, "\n".join(seen)
    with statements() as seen:
        assert post(admin, draft, "/publication", 6, note="六个").status_code == 303
    assert len(seen) <= 20, "\n".join(seen)
    story = Story(city).filed()
    clerk, address = visit("zhou"), f"/desk/cases/{story.case_id}/comment"
    clerk.get(address)
    with statements() as seen:
        assert clerk.post(address, data={"note": "已到场", "contact_on_site": "门卫"}).status_code == 303
    assert len(seen) <= 20, "\n".join(seen)


def test_a_page_is_read_with_the_version_that_it_showed(visit, admin, city, draft):
    story = Story(city).filed()
    address = f"/desk/cases/{story.case_id}/comment"
    post(admin, draft, "/questions", 1, **TEXT)
    post(admin, draft, "/questions/contact_on_site", 2, label_zh="联系人", width="full", required="1")
    post(admin, draft, "/publication", 3, note="必填")
    clerk = visit("zhou")
    assert clerk.post(address, data={"note": "没有联系人", "form_version": "2"}).status_code == 422
    assert clerk.post(address, data={"note": "没有联系人"}).status_code == 422
    assert clerk.post(address, data={"note": "旧页面", "form_version": "1"}).status_code == 303
    assert clerk.post(address, data={"note": "乱写版本", "form_version": "99"}).status_code == 422


def test_an_earlier_version_is_brought_back(admin, draft):
    post(admin, draft, "/questions", 1, **TEXT)
    post(admin, draft, "/publication", 2, note="加联系人")
    address = "/studio/forms/comment/versions/1/restoration"
    assert admin.post(address, data={"note": "不用了"}).status_code == 422  # not without the tick
    assert admin.post(address, data={"note": " ", "is_sure": "1"}).status_code == 422
    assert admin.post(address, data={"note": "不用了", "is_sure": "1"}).status_code == 303
    published.forget()
    assert catalogue.load("comment").version == 3
    assert admin.get("/studio/forms/comment/versions/2/preview").status_code == 200
    assert admin.get("/studio/forms/comment/versions/9/preview").status_code == 404


def test_a_form_of_ones_own_is_offered_to_drawings(admin):
    assert admin.post("/studio/forms/new", data={"title_zh": " "}).status_code == 422
    begun = admin.post("/studio/forms/new", data={"title_zh": "二级审批", "title_en": "Second approval"})
    assert begun.status_code == 303
    draft = int(begun.location.rsplit("/", 1)[1])
    post(admin, draft, "/questions", 1, label_zh="风险", label_en="Risk", kind="boolean")
    post(admin, draft, "/questions", 2, label_zh="等级", label_en="Grade", kind="choice")
    assert "二级审批" in admin.get("/studio/forms").text
    assert post(admin, draft, "/publication", 3, note="新表单").status_code == 303
    forms = {one["value"]: one for one in admin.get("/studio/vocabulary").json["forms"]}
    assert forms["second_approval"]["label"] == "二级审批"
    risk, grade = forms["second_approval"]["facts"]
    assert (risk["name"], risk["kind"], grade["values"]) == ("risk", "yes_no", [{"value": "yes", "label": "是"}])


def test_nobody_else_designs(visit, draft):
    for name in ("qian", "zhou", "security_admin"):
        browser = visit(name)
        for path in ("/studio/forms", f"/studio/form-drafts/{draft}", f"/studio/form-drafts/{draft}/preview"):
            assert browser.get(path).status_code == 403, (name, path)
        assert post(browser, draft, "/publication", 1, note="x").status_code == 403
