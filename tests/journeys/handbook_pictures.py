"""Takes the pictures of the administrators' handbook: `python -m tests.journeys.handbook_pictures`.

The story of tests/journeys/test_second_approval_in_the_browser.py, told in the fictional city of ``pictures``: on a
copy of it, so that it can be told again.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from sqlalchemy import select

from engine.cases.models import Case, Stage
from engine.decisions import drafting as tables
from engine.decisions.content import Content, Example, Row
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.process import xml
from engine.process.models import ProcessDefinition
from engine.studio import drafting, jobs, paths
from engine.studio.models import StudioDraft
from tests import city as cities
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.journeys import pictures, second_approval
from tests.journeys.drawing_board import SIZE, Board
from tests.journeys.pictures import DATA, NOW, Camera
from tests.journeys.second_approval import SecondApproval
from tests.stories import GARBAGE

COPY = DATA.with_name("cityloop-handbook")
WHY = "暴露垃圾类案件结案前须经领导复审"
STEP = "领导复审"
HOURS = {"unit": "working_hours"}
LIMITS = Content(
    inputs=("kind", "category", "month"),
    rows=(
        Row(("event", GARBAGE, "[6..8]"), {"value": "3"} | HOURS, "夏季气味大，从快"),
        Row(("event", GARBAGE, "not([6..8])"), {"value": "6"} | HOURS, ""),
        Row(("event", "0111", "-"), {"value": "12"} | HOURS, "须联系清运单位"),
    ),
    examples=(
        Example("七月的暴露垃圾", {"kind": "event", "category": GARBAGE, "month": "7"}, {"value": "3"} | HOURS),
        Example("一月的热力井盖", {"kind": "component", "category": GARBAGE, "month": "1"}),
    ),
)


@dataclass
class Album:
    """The handbook's pictures, and those who are in them."""

    camera: Camera

    def take(self, name: str, who: str, path: str, **how: Any) -> None:
        """One page as this person sees it, in Chinese and in English."""
        for suffix, language in (("", "zh-CN"), (".en", "en")):
            self.camera.take(f"handbook/{name}{suffix}", who, path, language=language, size=SIZE, **how)

    def person(self, who: str) -> Any:
        """The Chinese page of somebody who does something between two pictures."""
        return self.camera.page(who, SIZE, "zh-CN")


def fill(album: Album) -> None:
    """Every picture, in the order of the handbook."""
    before = _export(album)
    _draw(album)
    _try(album)
    _publish(album)
    _migrate(album)
    _watch(album)
    _design(album)
    _decide(album)
    album.take("statistic", "zheng", "/admin/statistics/1", height=1300)
    _carry(album, before)
    album.take("maintenance", "system_admin", "/admin/", height=1300)


def _export(album: Album) -> Path:
    """The configuration as it is before anything is changed."""
    page = album.person("system_admin")
    page.goto("/studio/archives")
    page.fill("[name=name]", "省城市运行管理标准配置")
    page.fill("[name=version]", "2026.1")
    page.fill("[name=issuer]", "省住房和城乡建设厅")
    with page.expect_download() as file:
        page.click("section[aria-labelledby=export] .form-end button")
    return Path(file.value.path())


def _draw(album: Album) -> None:
    board = Board(album.person("system_admin")).open()
    drawn = second_approval.draw(board)
    board.saved()
    page = f"/studio/drafts/{_draft().id}"
    album.take("processes", "system_admin", "/studio/")
    album.take("told-wrong", "system_admin", page, act=_lead_to_what_is_wrong)
    second_approval.mend(board.open(), drawn)
    board.saved()
    way = _way_to(drawn)
    album.take("condition", "system_admin", page, act=lambda shown: _ask(shown, way), part=".studio-side")
    album.take("tokens", "system_admin", page, act=_set_going)


def _try(album: Album) -> None:
    draft = _draft()
    walked = paths.report(draft.xml).paths
    path = next(one for one in walked if any(step.name == STEP for step in one.steps))
    page = f"/studio/drafts/{draft.id}/paths?path={path.number}"
    album.take("paths", "system_admin", page, height=1300, act=_show_the_step)
    page = album.person("system_admin")
    page.goto(f"/studio/drafts/{draft.id}/replays")
    page.click(".trial-form button")
    page.wait_for_selector("#run")
    _work()
    album.take("replay", "system_admin", _path(page), height=1300, act=_show_the_step)


def _publish(album: Album) -> None:
    review = f"/studio/drafts/{_draft().id}/review"
    page = album.person("system_admin")
    page.goto(review)
    page.fill("[name=note]", WHY)
    page.click(".form-end .btn-primary")
    page.wait_for_selector(".notice-success")
    album.take("review", "qian", review, height=1300)
    second = album.person("qian")
    second.goto(review)
    second.click(".review-acts .btn-primary")
    second.wait_for_selector(".notice-success")
    old, _ = _versions()
    album.take("restoring", "system_admin", f"/studio/versions/{old}", act=_about_to_restore, part=".version-acts")


def _migrate(album: Album) -> None:
    old, new = _versions()
    groups = f"/studio/versions/{old}/migrations/{new}"
    album.take("groups", "system_admin", groups, height=1300)
    page = album.person("system_admin")
    page.goto(groups)
    page.fill("[name=reason]", WHY)
    page.click(".form-end .btn-primary")
    page.wait_for_selector("#run")
    _work()


def _watch(album: Album) -> None:
    _, new = _versions()
    album.take("heat", "system_admin", f"/studio/watch/{new}", height=1300)
    case = db.session.scalars(select(Case).where(Case.stage == Stage.handling).order_by(Case.id)).first()
    album.take("instance", "system_admin", f"/studio/instances/{case.instance_id}", height=1700)


def _design(album: Album) -> None:
    page = album.person("system_admin")
    page.goto("/studio/forms/handling")
    page.click(".page-actions .btn-primary")
    page.click(".designer-add summary")
    page.fill("[name=label_zh]", "清运车牌号")
    page.fill("[name=label_en]", "Number plate of the lorry")
    page.click(".designer-add button.btn-primary")
    page.wait_for_selector(".notice-success, .designer-questions .is-here")
    album.take("form", "system_admin", _path(page), height=1500)


def _decide(album: Album) -> None:
    with unit_of_work():
        by = cities.City("").system_admin
        draft = tables.begin("handling_limit", LIMITS, by=by, at=NOW)
    album.take("table", "system_admin", f"/studio/tables/{draft.id}", height=1400)


def _carry(album: Album, before: Path) -> None:
    page = album.person("system_admin")
    page.goto("/studio/archives")
    page.set_input_files("[name=file]", before)
    page.click("section[aria-labelledby=bring] .btn-primary")
    page.wait_for_selector(".archive-digest")
    album.take("archive", "system_admin", _path(page), height=1300)


def _draft() -> StudioDraft:
    db.session.rollback()
    return drafting.open_drafts()[0]


def _versions() -> tuple[int, int]:
    db.session.rollback()
    of_cases = select(ProcessDefinition.id).where(ProcessDefinition.key == "standard_case")
    old, new = db.session.scalars(of_cases.order_by(ProcessDefinition.version))
    return old, new


def _way_to(drawn: SecondApproval) -> str:
    [way] = xml.find(xml.read(_draft().xml), f".//bpmn:sequenceFlow[@targetRef='{drawn.step}']")
    return str(way.get("id"))


def _looked_at(page: Any) -> Board:
    board = Board(page).ready()
    page.wait_for_selector("[data-part=findings][data-looked=yes]", state="attached")
    return board


def _lead_to_what_is_wrong(page: Any) -> None:
    _looked_at(page)
    page.click("[data-part=findings] button >> nth=0")


def _ask(page: Any, way: str) -> None:
    _looked_at(page).choose(way)
    page.locator("[data-entry-id=cel] textarea").scroll_into_view_if_needed()


def _set_going(page: Any) -> None:
    _looked_at(page)
    page.click("[data-tool=simulate]")
    page.click(".djs-overlays[data-container-id=reported] .bts-context-pad")
    page.click(".bts-palette .bts-entry >> nth=2")
    page.wait_for_selector(".bts-log .bts-entry >> nth=4")


def _show_the_step(page: Any) -> None:
    step = page.locator(".drawing-node").filter(has_text=re.compile(rf"^\s*{STEP}"))
    step.evaluate("one => one.scrollIntoView({ block: 'start', inline: 'center' })")
    page.evaluate("document.querySelector('.drawing').scrollBy(0, -250); scrollTo(0, 0)")


def _about_to_restore(page: Any) -> None:
    page.click("details.confirm summary >> nth=0")


def _path(page: Any) -> str:
    return str(page.evaluate("location.pathname"))


def _work() -> None:
    """What workers do meanwhile."""
    db.session.rollback()
    while jobs.run_due(NOW):
        db.session.rollback()


def main(only: str = "") -> None:
    """Copy the city, build it first where there is none; tell the story; keep the pictures whose name has ``only``."""
    DATA.mkdir(exist_ok=True)
    with pictures.application(DATA).app_context(), clock.fixed(NOW):
        pictures.build()
        db.session.commit()
        db.engine.dispose()
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(DATA, COPY)
    app = pictures.application(COPY)
    with app.app_context(), clock.fixed(NOW), pictures.serving(app) as address, sync_playwright() as playwright:
        fill(Album(Camera(playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS), address, only)))


if __name__ == "__main__":
    import sys

    main(*sys.argv[1:2])
