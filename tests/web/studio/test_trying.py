"""Pages of the dry run and of replays: who sees them, what they say, and what wrong input gives."""

import re

import pytest
from sqlalchemy import select

from engine.cases import routing
from engine.kit.db import db, unit_of_work
from engine.process import definitions, instances
from engine.studio import jobs, paths
from engine.studio.models import DraftState, StudioDraft
from engine.studio.replay_models import Replay
from tests.engine.studio import redrawn
from tests.stories import Story

OTHERS = ("chen", "sun", "li", "zhao", "wang", "handler", "head", "security_admin", "audit_admin")


@pytest.fixture
def version(city):
    return definitions.active("extension").id


@pytest.fixture
def draft(city):
    story = Story(city).filed().handled().do("wang", "feedback_acceptance")
    story.do("chen", "verification", result="passed", note="").do("zhao", "closure")
    with unit_of_work():
        found = StudioDraft(key="standard_case", name="二级<b>审批", xml=redrawn.with_second_approval(),
                            state=DraftState.drawing.value, created_at=story.now, changed_at=story.now)  # fmt: skip
        db.session.add(found)
    return found.id


DAYS = {"from": "2026-03-01", "until": "2026-03-31", "category": ""}


def begun(visit, draft, who="system_admin"):
    answer = visit(who).post(f"/studio/drafts/{draft}/replays", data=DAYS)
    assert answer.status_code == 303
    return answer.location


def test_every_path_is_listed_and_one_is_drawn_and_told(visit, version):
    page = visit("system_admin", language="en").get(f"/studio/versions/{version}/paths?path=2").text
    assert page.count('aria-current="true"') == 1
    assert "Path 2" in page
    assert "drawing-node is-gone" in page
    assert "同意" in page, "what the line of the drawing calls the outcome"
    chinese = visit("qian").get(f"/studio/versions/{version}/paths").text
    assert "试运行" in chinese


@pytest.mark.parametrize("who", ["system_admin", "qian"])
def test_a_draft_and_a_version_lead_to_their_dry_run_and_to_replays(visit, version, draft, who):
    for page in (f"/studio/drafts/{draft}", f"/studio/versions/{version}"):
        told = visit(who).get(page).text
        for there in (f"{page}/paths", f"{page}/replays"):
            assert f'href="{there}"' in told
            assert visit(who).get(there).status_code == 200


def test_each_end_opens_the_paths_that_come_to_it(visit, version):
    browser = visit("system_admin", language="en")
    page = browser.get(f"/studio/versions/{version}/paths").text
    assert "?end=end_refused" in page
    refused = browser.get(f"/studio/versions/{version}/paths?end=end_refused").text
    numbers = re.findall(r"paths\?path=(\d+)&amp;end=end_refused", refused)
    assert len(numbers) == len(set(numbers)) == 4
    assert f"Path {numbers[0]}" in refused
    assert len(re.findall(r"\?path=\d", browser.get(f"/studio/versions/{version}/paths?end=nowhere").text)) == 6


def test_made_up_facts_and_timers_are_told_in_words(visit, city):
    version = definitions.active("standard_case")
    found = paths.report(instances.source_of(version.id)).paths
    steps = {(step.kind, step.clock): path.number for path in found for step in path.steps}
    late = f"/studio/versions/{version.id}/paths?path={steps['fire', 'signing']}"
    told = visit("system_admin", language="en").get(late).text
    assert "when this time limit runs out: Signing" in told
    entry = re.search("<dt>How the case came in</dt><dd>(.*?)</dd>", told).group(1)
    assert entry in routing.VALUES["entry"].values()
    assert "<dt>Ends with</dt>" in told


def test_a_path_that_there_is_not_shows_the_first(visit, version):
    assert "Path 1" in visit("system_admin", language="en").get(f"/studio/versions/{version}/paths?path=999").text


def test_a_role_without_people_is_told(visit, city):
    drawn = redrawn.Redrawn("extension")
    lane = drawn.element("head_lane")
    next(lane.iter("{urn:cityloop:bpmn}lane")).set("role", "harbour_master")
    with unit_of_work():
        found = StudioDraft(key="extension", name="x", xml=drawn.xml, state="drawing", created_at=Story(city).now,
                            changed_at=Story(city).now)  # fmt: skip
        db.session.add(found)
    page = visit("system_admin", language="en").get(f"/studio/drafts/{found.id}/paths").text
    assert "Nobody holds the role harbour_master" in page
    assert "nobody can act" in page


@pytest.mark.parametrize("who", OTHERS)
def test_others_are_not_let_in(visit, who, version, draft):
    for address in (f"/studio/versions/{version}/paths", f"/studio/drafts/{draft}/paths",
                    f"/studio/drafts/{draft}/replays"):  # fmt: skip
        assert visit(who).get(address).status_code in {403, 404}
    assert visit(who).post(f"/studio/drafts/{draft}/replays", data=DAYS).status_code in {403, 404}


def test_a_replay_shows_progress_figures_and_the_cases_behind_them(visit, draft):
    address = begun(visit, draft)
    browser = visit("system_admin", language="en")
    page = browser.get(address).text
    assert "hx-get" in page
    assert "0 of 1 cases replayed" in page
    replay_id = db.session.scalar(select(Replay.id))
    db.session.rollback()
    while db.session.get_one(Replay, replay_id, populate_existing=True).state == "running":
        jobs.run_due(db.session.get_one(Replay, replay_id).asked_at)
    page = browser.get(address).text
    assert "hx-get" not in page
    assert "1 of 1 cases replayed" in page
    assert "二级&lt;b&gt;审批" in page
    assert "approve_again" in page
    assert "as long as this act usually takes" in page
    found = browser.get(f"{address}/cases?which=later").text
    assert "20260302" in found
    assert "20260302" in browser.get(f"{address}/cases?which=more&node=approve_again").text
    assert browser.get(f"{address}/cases?which=elsewhere").status_code == 404
    assert browser.get(f"{address}/cases?which=late&limit=closure").status_code == 404
    out_of_time = browser.get(f"{address}/cases?which=after&limit=closure").text
    assert "Cases in which this time limit would run out: " in out_of_time
    assert browser.get(f"{address}/cases?which=later&page=99999999").status_code == 200


def test_wrong_days_are_said_beside_the_field_and_nothing_typed_is_lost(visit, draft):
    browser = visit("system_admin", language="en")
    for wrong, said in (({"from": "soon"}, "Please give a day."), ({"until": "2026-02-01"}, "after the beginning"),
                        ({"from": "2020-01-01", "until": "2020-01-31"}, "No case of this process"),
                        ({"category": "x"}, "no such category")):  # fmt: skip
        answer = browser.post(f"/studio/drafts/{draft}/replays", data=DAYS | wrong)
        assert answer.status_code == 422
        assert said in answer.text
    assert 'value="2020-01-01"' in browser.post(
        f"/studio/drafts/{draft}/replays", data=DAYS | {"from": "2020-01-01", "until": "2020-01-31"}
    ).text  # fmt: skip


def test_a_second_replay_and_a_stale_button_are_refused(visit, draft):
    address = begun(visit, draft)
    browser = visit("system_admin")
    assert browser.post(f"/studio/drafts/{draft}/replays", data=DAYS).status_code == 409
    assert browser.post(f"{address}/cancellation").status_code == 303
    assert browser.post(f"{address}/cancellation").status_code == 409
    assert browser.post(f"{address}/continuation").status_code == 303
    assert browser.post(f"{address}/continuation").status_code == 409


def test_a_draft_that_does_not_run_is_told_to_be_mended_first(visit, city):
    with unit_of_work():
        found = StudioDraft(key="new", name="x", xml='<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
                            state="drawing", created_at=Story(city).now, changed_at=Story(city).now)  # fmt: skip
        db.session.add(found)
    browser = visit("system_admin")
    assert browser.get(f"/studio/drafts/{found.id}/paths").status_code == 409
    assert browser.post(f"/studio/drafts/{found.id}/replays", data=DAYS).status_code == 409
