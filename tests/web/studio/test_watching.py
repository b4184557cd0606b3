"""Pages of watching and mending: who is let in, what they show, what a stale or a wrong request gets."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from engine.access.models import RolePermission
from engine.audit.models import AuditRecord
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.process import definitions, incidents
from engine.process.models import Incident, OpenTask, OpenTimer, OutboxMessage, ProcessEvent, ProcessInstance
from engine.studio import jobs
from tests.stories import Story

WHY = {"is_sure": "1", "reason": "走错了环节"}


@pytest.fixture
def story(city):
    return Story(city, now=clock.now() - timedelta(hours=3)).filed()


@pytest.fixture
def admin(visit, story):
    return visit("system_admin", language="en")


def standard():
    return definitions.active("standard_case").id


def token(story):
    return db.session.scalars(select(OpenTask.id).where(OpenTask.subject_id == story.case_id)).one()


def place(story):
    return f"/studio/instances/{story.case.instance_id}"


def revision(story):
    return db.session.scalar(select(ProcessInstance.revision).where(ProcessInstance.id == story.case.instance_id))


def relocation(story):
    return f"{place(story)}/tokens/{token(story)}/relocation"


def late(story, minutes):
    """Its open step was due so long ago."""
    with unit_of_work():
        due = (story.now - timedelta(minutes=minutes)).replace(microsecond=0)
        db.session.get_one(OpenTask, token(story)).due_at = due


def failed(story, **work):
    with unit_of_work():
        row = Incident(instance_id=story.case.instance_id, task_id="0" * 32, node="sign", error="E: <b>no</b>",
                       attempts=3, opened_at=story.now, **work)  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row.id


def test_the_list_of_versions_leads_to_the_heat_map_and_to_its_cases(admin, story, statements):
    with statements() as seen:
        page = admin.get("/studio/watch").text
    assert len(seen) <= 12, "\n".join(seen)
    assert f"/studio/watch/{standard()}" in page
    assert f"/studio/watch/{standard()}/cases?by=here" in page
    address = f"/studio/watch/{standard()}"
    with statements() as seen:
        heat = admin.get(address).text
    assert len(seen) <= 12, "\n".join(seen)
    assert "heat-5" in heat
    assert "签收" in heat
    link = (
        re.search(r'href="(/studio/watch/\d+/cases\?node=sign[^"]*by=here[^"]*)"', heat).group(1).replace("&amp;", "&")
    )
    cases = admin.get(link).text
    assert story.case.number in cases
    assert place(story) in cases


@pytest.mark.parametrize("query", ["?by=median&days=7", "?by=again", "?by=x&days=99999", "?days=-1", "?by=overdue"])
def test_every_measure_and_nonsense_is_a_page(admin, query):
    assert admin.get(f"/studio/watch/{standard()}{query}").status_code == 200


def test_the_map_says_its_colours_in_words_and_its_numbers_lead_to_their_cases(admin, story):
    late(story, minutes=90)
    story.do(story.clerk, "signing")
    heat = admin.get(f"/studio/watch/{standard()}?by=late").text
    assert "100% (1 of 1)" in heat
    assert '<span class="heat-step heat-step-5" aria-hidden="true"></span>100%</li>' in heat
    linked = re.search(r'<a href="([^"]*)" aria-label="签收: 100%">', heat).group(1).replace("&amp;", "&")
    cases = admin.get(linked).text
    assert story.case.number in cases
    assert "95 minutes" in cases, "by how much"
    assert re.search(r'href="/studio/watch/\d+/cases\?by=late&amp;days=30">\d+%</a><span>1 of', heat)


def test_the_map_says_of_how_many_older_steps_nothing_is_known(admin, story):
    story.do(story.clerk, "signing")
    address = f"/studio/watch/{standard()}"
    assert "not counted: its due moment" not in admin.get(address).text
    with unit_of_work():
        db.session.execute(update(ProcessEvent).where(ProcessEvent.node == "sign").values(due_at=None))
    assert "1 older step is not counted: its due moment was not kept" in admin.get(address).text


@pytest.mark.parametrize(
    ("measure", "found"), [("here", True), ("overdue", True), ("failed", False), ("late", True), ("finished", False)]
)
def test_the_figures_of_the_whole_version_open_their_cases(admin, story, measure, found):
    late(story, minutes=10)
    page = admin.get(f"/studio/watch/{standard()}/cases?by={measure}")
    assert (story.case.number in page.text) is found


@pytest.mark.parametrize(
    "query", ["?by=median", "?node=nowhere&by=here", "?node=sign&by=nothing", "?node=sign&by=finished"]
)
def test_a_number_that_is_none_has_no_cases(admin, query):
    assert admin.get(f"/studio/watch/{standard()}/cases{query}").status_code == 404


@pytest.mark.parametrize("measure", ["here", "overdue", "failed", "late", "median", "slow", "again"])
def test_every_number_opens_its_cases(admin, story, measure):
    assert admin.get(f"/studio/watch/{standard()}/cases?node=sign&by={measure}").status_code == 200


def test_one_instance_shows_what_it_knows_and_waits_for(admin, story, statements):
    address = place(story)
    with statements() as seen:
        page = admin.get(address).text
    assert len(seen) <= 12, "\n".join(seen)
    for said in (story.case.number, "签收", "outcome", "签收超时", "follows the time limit", "It began."):
        assert said in page
    assert "How the case came in: <b>Ordinary report</b>" in page
    assert "Handling clerk" in page, "the role, not its code"
    assert "the case becomes void" in page
    assert "/desk/cases/" not in page, "administrators see no cases"


def test_a_case_is_moved_and_the_page_says_where_not(admin, story):
    page = admin.get(relocation(story).replace("relocation", "places")).text
    assert 'value="verify"' in page
    assert 'value="accept"' not in page
    assert "has been filed" in page
    sent = WHY | {"node": "verify", "revision": revision(story)}
    old = relocation(story)
    assert admin.post(old, data=sent | {"reason": " "}).status_code == 422
    assert admin.post(old, data={**sent, "is_sure": ""}).status_code == 422
    assert admin.post(old, data=sent | {"revision": "1"}).status_code == 409
    assert admin.post(old, data=sent | {"node": "end_closed"}).status_code == 409
    assert admin.post(old, data=sent | {"node": "accept"}).status_code == 409
    assert story.waiting == {"sign"}
    assert admin.post(old, data=sent).status_code == 303
    db.session.expire_all()
    assert story.waiting == {"verify"}
    assert admin.post(old, data=sent).status_code == 409
    assert "It was moved by hand from" in admin.get(place(story)).text


def test_the_last_branch_is_not_ended(admin, story):
    sent = WHY | {"revision": revision(story)}
    assert "/removal" not in admin.get(place(story)).text
    assert admin.post(f"{place(story)}/tokens/{token(story)}/removal", data=sent).status_code == 409
    assert admin.post(f"{place(story)}/tokens/x/removal", data=WHY | {"revision": "²"}).status_code == 409


def test_the_process_of_a_case_is_ended_for_good_once(admin, story):
    address, sent = f"{place(story)}/cancellation", WHY | {"revision": revision(story)}
    asked = admin.post(address, data={**sent, "is_sure": ""})
    assert asked.status_code == 422
    assert "the case becomes void" in asked.text
    unsaid = admin.post(address, data=sent | {"reason": " "})
    assert unsaid.status_code == 422
    assert "Please say why" in unsaid.text
    assert admin.post(address, data=sent | {"revision": "1"}).status_code == 409
    assert story.waiting == {"sign"}
    done = admin.post(address, data=sent)
    assert (done.status_code, done.location) == (303, place(story))
    page = admin.get(place(story)).text
    assert "the case is void" in page
    assert "/cancellation" not in page
    db.session.expire_all()
    assert (story.case.stage, story.waiting) == ("void", set())
    assert admin.post(address, data=sent).status_code == 409
    acts = select(AuditRecord.detail).where(AuditRecord.action == "process.cancellation")
    assert db.session.scalars(acts).all() == [{"reason": WHY["reason"]}]
    assert admin.post("/studio/instances/987654/cancellation", data=sent).status_code == 404


def test_a_timer_is_set_unless_it_follows_a_time_limit(admin, story):
    timer = db.session.scalars(select(OpenTimer).where(OpenTimer.subject_id == story.case_id)).one()
    key, sent = timer.id, {"reason": "提前", "due_at": "2099-01-01T08:00"}
    address = f"{place(story)}/timers/{key}/moment"
    assert admin.post(address, data=sent | {"due_at": (clock.now() + timedelta(days=1)).isoformat()}).status_code == 409
    with unit_of_work():
        db.session.get(OpenTimer, key).clock = None
    for due in ("", "soon", "2099-01-01T08:00", "0001-01-01T00:00"):
        assert admin.post(address, data=sent | {"due_at": due}).status_code == 422
    due = clock.now() + timedelta(days=1)
    assert admin.post(address, data=sent | {"due_at": due.isoformat()}).status_code == 303
    db.session.expire_all()
    assert db.session.get(OpenTimer, key).due_at == due


def test_many_incidents_are_looked_at_and_then_tried_again(admin, story):
    one, two = failed(story), failed(story)
    page = admin.get("/admin/incidents").text
    assert page.count('form="retries"') == 2
    assert "<b>no</b>" not in page
    chosen = {"incident": [one, two]}
    assert admin.post("/admin/incidents/retries", data={"look": "1"}).status_code == 422
    assert "can be tried again" in admin.post("/admin/incidents/retries", data=chosen | {"look": "1"}).text
    assert admin.post("/admin/incidents/retries", data=chosen).status_code == 422
    incidents.retry(two, by_id=None, at=story.now)
    db.session.commit()
    begun = admin.post("/admin/incidents/retries", data=chosen | {"reason": "线路已修复"})
    assert begun.status_code == 303
    twice = admin.post("/admin/incidents/retries", data=chosen | {"reason": "线路已修复"})
    assert twice.location == begun.location
    assert "0 of 2 incidents looked at" in admin.get(begun.location).text
    db.session.rollback()
    jobs.run_due(clock.now())
    done = admin.get(begun.location).text
    assert "2 of 2 incidents looked at" in done
    assert "will be tried again" in done
    assert "resolved already" in done
    assert "hx-get" not in done
    assert db.session.get(Incident, one, populate_existing=True).note == "线路已修复"
    assert admin.post(f"{begun.location}/cancellation").status_code == 409


def test_all_open_incidents_are_tried_again_but_none_that_came_later(admin, story, statements):
    keys = [failed(story) for _ in range(3)]
    page = admin.post("/admin/incidents/retries", data={"look": "1", "all": "1"}).text
    last = re.search(r'name="last" value="(\d+)"', page).group(1)
    later = failed(story)
    begun = admin.post("/admin/incidents/retries", data={"all": "1", "last": last, "reason": "线路已修复"})
    with statements() as seen:
        shown = admin.get(begun.location).text
    assert len(seen) <= 12, "\n".join(seen)
    assert f"0 of {len(keys)} incidents" in shown
    assert admin.post(f"{begun.location}/cancellation").status_code == 303
    assert "left alone" in admin.get(begun.location).text
    assert db.session.get(Incident, later).resolved_at is None
    assert admin.get("/admin/incidents/retries/987654").status_code == 404


def test_a_skip_names_what_the_next_gateway_asks_for(admin, story):
    with unit_of_work():
        work = OutboxMessage(instance_id=story.case.instance_id, subject_kind="case", subject_id=story.case_id,
                             task_id="0" * 32, node="auto_dispatch", action="dispatch_by_rules", params={},
                             state="failed", attempts=3, next_at=story.now)  # fmt: skip
        db.session.add(work)
        db.session.flush()
        key = work.id
    address = f"/admin/incidents/{failed(story, outbox_id=key)}/skip"
    assert "What the action would have found" in admin.get("/admin/incidents").text
    assert admin.post(address, data=WHY | {"facts": "dispatched"}).status_code == 422
    assert admin.post(address, data=WHY | {"reason": ""}).status_code == 422
    assert admin.post(address, data={"reason": "x"}).status_code == 422
    assert admin.post(address, data=WHY | {"facts": "dispatched = false"}).status_code == 409, "its token is not there"
    assert admin.post("/admin/incidents/987654/skip", data=WHY).status_code == 404


@pytest.mark.parametrize("name", ["wang", "zhou", "security_admin", "audit_admin"])
def test_others_are_refused(visit, story, name):
    browser = visit(name)
    sent = WHY | {"node": "verify", "revision": revision(story)}
    assert browser.get("/studio/watch").status_code == 403
    assert browser.get(place(story)).status_code == 403
    assert browser.post(relocation(story), data=sent).status_code == 403
    assert browser.post(f"{place(story)}/timers/1/moment", data=sent).status_code == 403
    assert browser.post(f"{place(story)}/cancellation", data=sent).status_code == 403
    assert browser.post("/admin/incidents/1/skip", data=sent).status_code == 403
    assert browser.post("/admin/incidents/retries", data=sent).status_code == 403
    assert browser.get("/admin/incidents/retries/1").status_code == 403
    assert browser.post("/admin/incidents/retries/1/cancellation", data=sent).status_code == 403
    assert story.waiting == {"sign"}


@pytest.mark.parametrize(
    ("right", "address", "shown"),
    [
        ("process.relocate", "tokens/{token}/relocation", "/places"),
        ("process.end_branch", "tokens/{token}/removal", "/removal"),
        ("process.cancel", "cancellation", "/cancellation"),
        ("process.retime", "timers/{timer}/moment", "/moment"),
    ],
)
def test_each_act_needs_its_own_right(visit, story, right, address, shown):
    with unit_of_work():
        timer = db.session.scalars(select(OpenTimer).where(OpenTimer.subject_id == story.case_id)).one()
        timer.clock = None
        db.session.execute(delete(RolePermission).where(RolePermission.permission == right))
        key = timer.id
    before = db.session.scalar(select(func.count(AuditRecord.id)))
    browser = visit("system_admin")
    sent = WHY | {"node": "verify", "revision": revision(story), "due_at": "2026-11-30T08:00"}
    refused = browser.post(f"{place(story)}/{address.format(token=token(story), timer=key)}", data=sent)
    assert refused.status_code == 403
    page = browser.get(place(story))
    assert page.status_code == 200
    assert shown not in page.text
    assert story.waiting == {"sign"}
    assert db.session.get(OpenTimer, key) is not None
    written = select(AuditRecord.action).where(AuditRecord.id > (before or 0), AuditRecord.action.like("process.%"))
    assert db.session.scalars(written).all() == []


def test_what_is_not_there_is_not_found(admin):
    assert admin.get("/studio/instances/987654").status_code == 404
    assert admin.get("/studio/watch/987654").status_code == 404
