"""The whole studio in one story: exposed garbage is closed only once a leader, too, has agreed.

Drawn, told wrong and mended; tried with tokens, along every path and on last month's cases; reviewed and published by a
second person; half of the running cases are moved; watched; and brought back. The web server and the worker are
processes of their own, at the time of day at which the test runs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from engine.cases.models import Stage
from engine.kit import clock
from engine.kit.db import db
from engine.organization.models import User
from engine.process import xml
from engine.process.models import ProcessDefinition, ProcessInstance
from engine.studio import drafting, paths
from engine.studio.models import Migration, StudioDraft
from engine.studio.replay_models import Replay
from tests import city as cities
from tests.journeys import second_approval
from tests.journeys.drawing_board import FITS, SIZE, Board
from tests.journeys.people import Person
from tests.serving import Web, Worker, running
from tests.stories import GARBAGE, Story, category, condition

pytestmark = pytest.mark.browser
DEBRIS = "0111"
PATIENCE = 60_000
"""Milliseconds that a page may take on a busy machine, and a worker for what it does in the background."""


@dataclass(frozen=True)
class History:
    """Cases before the story begins, by their numbers."""

    month: list[str]
    """Of last month, closed; garbage."""
    otherwise: str
    """Of last month, closed; another category."""
    waiting: Story
    """Garbage, waits for closure."""
    debris: Story
    """Another category, waits for closure."""
    on_site: Story
    """Garbage, waits for verification."""
    elsewhere: Story
    """Another category, waits for verification."""


def filed(city, code: str, at: datetime) -> Story:
    """A report of this category on its way in the sanitation bureau."""
    chosen = category(code=code)
    story = Story(city, now=at).report(category_id=chosen.id)
    story.do("li", "filing_proposal", category_id=chosen.id, filing_condition_id=condition(chosen).id, area_class="A",
             is_urgent=False, note="").do("zhao", "filing")  # fmt: skip
    if "dispatch" in story.waiting:
        story.do("wang", "dispatch", department_id=city.sanitation.id)
    return story


@pytest.fixture(autouse=True)
def patience():
    """For this story; afterwards Playwright's own five seconds hold again."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def history(city, app) -> History:
    """What was there before; ``app`` says where photos are kept."""
    now = clock.now()
    last_month = clock.local(now, cities.ZONE).replace(day=1, hour=9) - timedelta(days=10)
    yesterday = now - timedelta(days=1)
    past = [filed(city, code, last_month).handled().verified().do("zhao", "closure", result="resolved").case.number
            for code in (GARBAGE, DEBRIS, GARBAGE)]  # fmt: skip
    waiting, debris = (filed(city, code, yesterday).handled().verified() for code in (GARBAGE, DEBRIS))
    on_site, elsewhere = (
        filed(city, code, yesterday).handled().do("wang", "feedback_acceptance") for code in (GARBAGE, DEBRIS)
    )
    return History([past[0], past[2]], past[1], waiting, debris, on_site, elsewhere)


@pytest.fixture
def address(city, history: History, tmp_path: Path):
    """The program as a city runs it, a web server and a worker; the past is over when they begin."""
    web = Web(city.url, tmp_path)
    with running(web, Worker(city.url, tmp_path)):
        yield f"http://127.0.0.1:{web.port}"


def test_a_second_approval_is_drawn_tried_reviewed_published_migrated_watched_and_brought_back(city, history, browse):
    with browse("system_admin", size=SIZE) as page, browse("qian") as second, browse("zhao") as duty:
        admin, director, zhao = (patient(each) for each in (page, second, duty))
        drawn = is_drawn_told_wrong_and_mended(admin)
        is_tried_with_tokens(admin)
        is_walked_along_every_path(admin)
        is_replayed_on_last_months_cases(admin, history)
        is_handed_in(admin)
        is_reviewed_by_a_second_person(director, drawn)
        half_of_the_cases_move(admin, history)
        asks_where_it_should(zhao, history, drawn)
        is_seen_on_the_heat_map(admin, drawn)
        with browse("wu") as leaders:
            closes_when_the_leader_agrees(patient(leaders), history)
        is_brought_back(admin, city)


def patient(page) -> Person:
    page.set_default_timeout(PATIENCE)
    return Person(page)


def is_drawn_told_wrong_and_mended(admin: Person) -> second_approval.SecondApproval:
    board = Board(admin.page).open()
    drawn = second_approval.draw(board)
    board.saved()
    assert "“结案意见”的这条出线没有条件，也不是默认连线。" in board.findings
    assert board.marked("closure_result") or board.marked(line("closure_result", drawn.asked))
    second_approval.mend(board, drawn)
    assert board.saved().findings == FITS
    admin.look()
    root = xml.read(the_draft().xml)
    [asked] = xml.find(root, f".//bpmn:sequenceFlow[@sourceRef='{drawn.asked}'][@targetRef='{drawn.step}']")
    assert "".join(asked.itertext()).strip() == f'kind == "event" && category == "{GARBAGE}"'
    return drawn


def is_tried_with_tokens(admin: Person) -> None:
    page = admin.page
    page.click("[data-tool=fit]")
    page.click("[data-tool=simulate]")
    page.click(".djs-overlays[data-container-id=reported] .bts-context-pad")
    page.click(".bts-entry[title=显示或隐藏推演记录]")
    expect(page.locator(".bts-header")).to_have_text("推演记录")
    expect(page.locator(".bts-log")).to_contain_text("受理")
    page.click("[data-tool=simulate]")
    expect(page.locator(".bts-log")).to_be_hidden()


def is_walked_along_every_path(admin: Person) -> None:
    page = admin.page
    page.click(".page-actions a:has-text('试运行')")
    assert "每个元素都能到达" in admin.look().text
    walked = paths.report(the_draft().xml).paths
    number = next(one.number for one in walked if any(step.name == "领导复审" for step in one.steps))
    page.click(f".trial-paths a[href$='path={number}']")
    step = page.locator(".trial-steps li:has-text('领导复审')")
    expect(step).to_contain_text("领导")
    expect(step).to_contain_text("同意")
    admin.look()


def is_replayed_on_last_months_cases(admin: Person, history: History) -> None:
    page = admin.page
    page.click("text=重演历史案件")
    page.click(".trial-form button")
    expect(page.locator(".run-state")).to_contain_text("3 / 3")
    admin.look()
    page.click(".run-figure:has-text('改走他路') a")
    listed = page.locator("tbody tr th")
    assert sorted(listed.all_inner_texts()) == sorted(history.month)
    assert history.otherwise not in admin.look().text
    assert the(Replay).state == "done"


def is_handed_in(admin: Person) -> None:
    page = admin.page
    page.goto(f"/studio/drafts/{the_draft().id}")
    page.click("text=检查并提交审核")
    admin.look().fill(note="暴露垃圾类案件结案前须经领导复审").send()
    assert the(StudioDraft).state == "submitted"


def is_reviewed_by_a_second_person(director: Person, drawn: second_approval.SecondApproval) -> None:
    page = director.page
    director.open("/studio/reviews").page.click("main .version-list a")
    page.wait_for_selector(f".drawing-node.is-added[data-element={drawn.step}]")
    assert "领导复审" in page.inner_text(".differences")
    director.look().page.click("text=同意并发布")
    page.wait_for_selector(".notice-success")
    director.look()
    new = version(2)
    assert (new.state, new.created_by_id, new.reviewed_by_id) == ("active", user("admin"), user("director.qian"))


def half_of_the_cases_move(admin: Person, history: History) -> None:
    page = admin.page
    admin.open(f"/studio/versions/{version(1).id}").page.click("text=将在办案件迁移到第 2 版")
    page.uncheck("tr:has-text('核查') input[name=groups]")
    admin.look().fill(reason="尚未核查的案件按原流程办完").page.click("text=迁移勾选的案件")
    expect(page.locator(".run-state")).to_contain_text("已完成")
    admin.look()
    assert the(Migration).moved == 2
    moved, stayed = [history.waiting, history.debris], [history.on_site, history.elsewhere]
    assert [number_of(story) for story in moved + stayed] == [2, 2, 1, 1]


def asks_where_it_should(zhao: Person, history: History, drawn: second_approval.SecondApproval) -> None:
    for story in (history.waiting, history.debris):
        zhao.take(story.case.number).choose("closure").fill(result="resolved").send()
    db.session.rollback()
    assert (stage(history.waiting), nodes(history.waiting)) == (Stage.pending_closure, {drawn.step})
    assert (stage(history.debris), nodes(history.debris)) == (Stage.closed, set())
    # What stayed on its version closes as it always did.
    for story in (history.on_site, history.elsewhere):
        story.now = clock.now()
        story.do("chen", "verification", minutes=0, result="passed", note="现场已整改")
        zhao.take(story.case.number).choose("closure").fill(result="resolved").send()
        assert stage(story) == Stage.closed


def is_seen_on_the_heat_map(admin: Person, drawn: second_approval.SecondApproval) -> None:
    admin.open("/studio/watch").page.click(f"a[href='/studio/watch/{version(2).id}']")
    expect(admin.page.locator("tr:has(th:text-is('领导复审')) [data-label=当前案件数]")).to_have_text("1")
    assert admin.page.locator(f".drawing-node.heat-5[data-element={drawn.step}]").count() == 1
    admin.look()


def closes_when_the_leader_agrees(wu: Person, history: History) -> None:
    wu.take(history.waiting.case.number).choose("step").fill(outcome="approve", note="同意结案").send()
    assert stage(history.waiting) == Stage.closed


def is_brought_back(admin: Person, city) -> None:
    page = admin.page
    admin.open(f"/studio/versions/{version(1).id}").page.click("summary:has-text('恢复此版本')")
    page.fill("details[open] [name=reason]", "领导复审暂缓施行")
    page.check("details[open] [name=is_sure]")
    page.click("details[open] button.btn-danger")
    page.wait_for_selector(".notice-success")
    assert (version(3).state, version(3).digest) == ("active", version(1).digest)
    new = Story(city, now=clock.now()).report()
    assert number_of(new) == 3


def the_draft() -> StudioDraft:
    db.session.rollback()
    return drafting.open_drafts()[0]


def the(model):
    """The only row of a table, as it is now."""
    db.session.rollback()
    return db.session.scalars(select(model)).one()


def version(number: int) -> ProcessDefinition:
    db.session.rollback()
    found = (ProcessDefinition.key == "standard_case") & (ProcessDefinition.version == number)
    return db.session.scalars(select(ProcessDefinition).where(found)).one()


def number_of(story: Story) -> int:
    """The version that a case runs on."""
    db.session.rollback()
    on_it = ProcessInstance.id == story.case.instance_id
    return db.session.scalars(select(ProcessDefinition.version).join(ProcessInstance).where(on_it)).one()


def stage(story: Story) -> str:
    db.session.rollback()
    return story.case.stage


def nodes(story: Story) -> set[str]:
    db.session.rollback()
    return story.waiting


def line(source: str, target: str) -> str:
    """Id of the line between two elements of the draft."""
    root = xml.read(the_draft().xml)
    [found] = xml.find(root, f".//bpmn:sequenceFlow[@sourceRef='{source}'][@targetRef='{target}']")
    return str(found.get("id"))


def user(username: str) -> int:
    return db.session.scalars(select(User.id).where(User.username == username)).one()
