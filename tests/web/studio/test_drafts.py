"""The studio's pages and what the drawing board asks and sends."""

import pytest

from engine.process import definitions, vocabulary
from tests.stories import GARBAGE

ATTACK = '<img src=x onerror="alert(1)">'


def begun(browser):
    """A draft of the standard case."""
    version = definitions.active("standard_case").id
    answer = browser.post(f"/studio/versions/{version}/drafts")
    assert answer.status_code == 303
    return answer.headers["Location"]


def save(browser, page, xml, revision):
    return browser.post(f"{page}/revisions", json={"xml": xml, "revision": revision}, headers=JSON)


JSON = {"Accept": "application/json"}


def test_the_list_leads_to_a_draft_and_back(visit, city):
    admin = visit("system_admin")
    page = begun(admin)
    listed = admin.get("/studio/").text
    assert page in listed
    assert f'action="{page}/discarding"' in listed
    assert admin.post(f"{page}/discarding").status_code == 303
    assert page not in admin.get("/studio/").text


def test_a_second_draft_of_a_process_is_refused_with_a_sentence(visit, city):
    admin = visit("system_admin")
    begun(admin)
    answer = admin.post(f"/studio/versions/{definitions.active('standard_case').id}/drafts")
    assert answer.status_code == 409
    assert "草稿" in answer.text


def test_a_save_answers_with_the_next_revision(visit, city):
    admin = visit("system_admin")
    page = begun(admin)
    drawing = admin.get(f"{page}/drawing").json
    answer = save(admin, page, drawing["xml"].replace('name="受理"', 'name="受理登记"', 1), drawing["revision"])
    assert (answer.status_code, answer.json["revision"]) == (201, 2)
    assert "<" not in answer.json["saved_at"]
    assert "受理登记" in admin.get(f"{page}/bpmn").text


def test_a_stale_save_is_409_and_says_who(visit, city):
    admin = visit("system_admin")
    page = begun(admin)
    xml = admin.get(f"{page}/drawing").json["xml"]
    assert save(admin, page, xml.replace('name="受理"', 'name="甲"', 1), 1).status_code == 201
    answer = save(admin, page, xml.replace('name="受理"', 'name="乙"', 1), 1)
    assert answer.status_code == 409
    assert city.system_admin.name in answer.json["error"]
    assert 'name="甲"' in admin.get(f"{page}/drawing").json["xml"]


@pytest.mark.parametrize("sent", [{}, {"xml": 5, "revision": 1}, {"xml": "<a/>", "revision": True}, [], "x", None])
def test_what_is_no_save_is_422(visit, city, sent):
    admin = visit("system_admin")
    page = begun(admin)
    answer = admin.post(f"{page}/revisions", json=sent, headers=JSON)
    assert answer.status_code == 422
    assert answer.json["error"]


def test_twenty_megabytes_are_refused_before_they_are_read(visit, city):
    admin = visit("system_admin")
    page = begun(admin)
    answer = save(admin, page, "<a>" + "x" * 20_000_000 + "</a>", 1)
    assert answer.status_code in {413, 422}
    assert admin.get(f"{page}/drawing").json["revision"] == 1


def test_the_check_speaks_the_readers_language(visit, city):
    admin = visit("system_admin")
    page = begun(admin)
    xml = admin.get(f"{page}/drawing").json["xml"].replace('form="closure" ', "", 1)
    save(admin, page, xml, 1)
    [finding] = admin.get(f"{page}/findings").json["findings"]
    assert (finding["element"], finding["grade"]) == ("approve_closure", "error")
    assert "表单" in finding["text"]
    admin.post("/language", data={"locale": "en"})
    assert "names no form" in admin.get(f"{page}/findings").json["findings"][0]["text"]


def test_comments_are_told_with_their_authors(visit, city):
    admin = visit("system_admin")
    page = begun(admin)
    answer = admin.post(f"{page}/comments", json={"element": "accept", "text": "时限太短"}, headers=JSON)
    [comment] = answer.json["comments"]
    assert (answer.status_code, comment["by"], comment["element"]) == (201, city.system_admin.name, "accept")
    settled = admin.post(f"{page}/comments/{comment['id']}/resolution", headers=JSON)
    assert settled.json["comments"][0]["resolved_by"] == city.system_admin.name
    assert admin.post(f"{page}/comments/{comment['id']}/resolution", headers=JSON).status_code == 409
    assert admin.post(f"{page}/comments", json={"element": "accept", "text": " "}, headers=JSON).status_code == 422


def test_html_in_names_stays_text(visit, city):
    admin = visit("system_admin")
    answer = admin.post("/studio/drafts/new", data={"name": ATTACK, "key": "trees"})
    page = answer.headers["Location"]
    assert ATTACK not in admin.get(page).text
    assert ATTACK not in admin.get("/studio/").text
    admin.post(f"{page}/comments", json={"element": ATTACK, "text": ATTACK}, headers=JSON)
    told = admin.get(f"{page}/comments")
    assert told.mimetype == "application/json"
    assert told.json["comments"][0]["text"] == ATTACK


@pytest.mark.parametrize("who", ["zhao", "security_admin", "chen"])
def test_nobody_else_draws_or_reads(visit, city, who):
    page = begun(visit("system_admin"))
    stranger = visit(who)
    for address in ("/studio/", "/studio/vocabulary", page, f"{page}/drawing", f"{page}/bpmn", f"{page}/comments"):
        assert stranger.get(address).status_code == 403, address
    for act in ("revisions", "presence", "takeover", "absence", "comments", "discarding"):
        assert stranger.post(f"{page}/{act}", json={}).status_code == 403, act


def test_expressions_are_looked_at(visit, city):
    admin = visit("system_admin")

    def problem(**asked):
        return admin.get("/studio/expressions", query_string=asked).json["problem"]

    assert problem(source='outcome == "approve" && return_count < 2') is None
    assert problem(source="open('/etc/passwd')") is not None
    assert problem(source="[1].map(x, x)") is not None
    assert problem(source="(" * 200) is not None
    assert problem(script="rounds = rounds + 1") is None
    assert problem(script="import os") is not None


def test_what_may_be_drawn_is_told_in_both_languages(visit, city):
    admin = visit("system_admin")
    chinese = admin.get("/studio/vocabulary").json
    assert {"value": "closed", "label": "已结案"} in chinese["stages"]
    assert chinese["acts"][0]["value"] == "step"
    assert chinese["words"]["Approval"] == "审批", "any approval, not that of filing"
    assert {"value": "department_head", "label": "承办部门负责人"} in chinese["notices"]
    urge = next(one for one in chinese["actions"] if one["value"] == "urge")
    assert urge["parameters"][0]["list"] == "roles"
    admin.post("/language", data={"locale": "en"})
    english = admin.get("/studio/vocabulary").json
    assert {"value": "closed", "label": "Closed"} in english["stages"]
    assert {"value": "department_head", "label": "the head of the department that has the case"} in english["notices"]
    assert {fact["name"] for fact in english["facts"]} >= {"outcome", "category", "is_public"}
    assert not [one for one in english["facts"] if not one["label"]]


def test_of_all_facts_the_outcome_is_offered_first(visit, city):
    assert visit("system_admin").get("/studio/vocabulary").json["facts"][0]["name"] == "outcome"


def test_a_code_that_stands_for_a_component_and_an_event_is_offered_once_with_both_names(visit, city):
    facts = {fact["name"]: fact["values"] for fact in visit("system_admin").get("/studio/vocabulary").json["facts"]}
    for name in ("category", "major_category"):
        codes = [one["value"] for one in facts[name]]
        assert len(codes) == len(set(codes)) > 0
    [garbage] = [one["label"] for one in facts["category"] if one["value"] == GARBAGE]
    assert garbage == "0110 热力井盖 (部件) / 暴露垃圾 (事件)"


def test_everything_that_the_lists_offer_passes_the_check(visit, city):
    offered = visit("system_admin").get("/studio/vocabulary").json
    lists = {"form": "forms", "act": "acts", "stage": "stages", "clock": "clocks", "role": "roles"}
    for kind, name in (lists | {"department": "departments", "notify": "notices"}).items():
        known = set(vocabulary.names(kind))
        assert {one["value"] for one in offered[name]} <= known, name


def test_pages_cost_few_statements(visit, city, statements):
    admin = visit("system_admin")
    page = begun(admin)
    for address in ("/studio/", page, f"{page}/drawing", f"{page}/comments", "/studio/vocabulary"):
        admin.get(address)
        with statements() as seen:
            admin.get(address)
        assert len(seen) <= 12, (address, seen)
