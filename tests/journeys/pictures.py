"""Takes the pictures of the manual: `python -m tests.journeys.pictures`.

The fictional city lives through October 2026; then people open their pages on a Monday morning of November.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import gettempdir
from threading import Thread
from typing import Any

from flask import Flask
from PIL import Image
from playwright.sync_api import sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from engine.access.actors import SYSTEM
from engine.cases.models import Case, Stage, TimelineEntry
from engine.evaluation import publishing
from engine.kit import clock
from engine.kit.config import ROOT, Config
from engine.kit.db import db, unit_of_work
from engine.simulation import founding, month
from tests import city as cities
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.journeys.people import Wall
from tests.web.conftest import DESK, PHONE
from web.app import create_app
from web.supervision import live

FOLDER = ROOT / "docs" / "pictures"
DATA = Path(gettempdir()) / "cityloop-pictures"
NOW = cities.at("2026-11-16 10:20")
REPORTS = 300
SCREEN = {"width": 1920, "height": 1080}


def build() -> None:
    """The city and its month, once; a second start finds them."""
    zone = cities.ZONE
    db.create_all()
    if founding.is_empty():
        founding.found("demo", at=cities.at("2026-08-03 08:00"))
    if not month.is_ended():
        for _ in month.replay(month.Month(date(2026, 10, 1), NOW, REPORTS, 1), zone):
            pass
    if publishing.find("2026-10") is None:
        with unit_of_work():
            publishing.compute("2026-10", zone, by=SYSTEM, at=NOW)


@dataclass
class Camera:
    """A browser that visits pages and keeps what it sees."""

    browser: Any
    address: str
    only: str = ""
    screens: dict[tuple[str, int, str], Any] = field(default_factory=dict)

    def take(
        self,
        name: str,
        who: str,
        path: str,
        *,
        size: dict[str, int] = DESK,
        language: str = "zh-CN",
        height: int = 0,
        act: Any = None,
        part: str = "",
    ) -> None:
        """Who opens ``path``; ``act`` does something on the page first. ``height`` 0 is what fits the screen.

        ``part`` selects what is pictured; else it is the page.
        """
        if self.only and self.only not in name:
            return
        page = self.page(who, size, language)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if act is not None:
            act(page)
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(400)
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size(size | {"height": min(height, whole) if height else size["height"]})
        page.wait_for_timeout(200)
        shown = page.locator(part) if part else page
        keep(shown.screenshot(), FOLDER / f"{name}.png")
        page.set_viewport_size(size)

    def page(self, who: str, size: dict[str, int], language: str) -> Any:
        """The page of somebody who has signed in, in this language."""
        key = who, size["width"], language
        if key not in self.screens:
            context = self.browser.new_context(base_url=self.address, viewport=size, locale=language)
            page = context.new_page()
            page.goto("/sign-in")
            page.fill("[name=username]", cities.CAST.get(who, who))
            page.fill("[name=password]", founding.PASSWORD)
            page.click(".form button")
            page.wait_for_url(lambda url: "/sign-in" not in url)
            locale = "en" if language == "en" else "zh_Hans_CN"
            page.request.post("/language", form={"locale": locale, "csrf_token": _token(page)})
            self.screens[key] = page
        return self.screens[key]


def _token(page: Any) -> str:
    return str(page.locator("[name=csrf_token]").first.get_attribute("value"))


def keep(png: bytes, path: Path) -> None:
    """Write a picture with few colours: a page has no more."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = path.with_suffix(".raw.png")
    raw.write_bytes(png)
    with Image.open(raw) as image:
        few = image.convert("RGB").quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
    raw.unlink()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application at its address, on that Monday morning. Its streams end at once: a page comes to rest."""
    live.LIFE = 0.0
    server = make_server("127.0.0.1", 0, Wall(NOW).over(app), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def application(folder: Path) -> Flask:
    """The program, with everything of its city in one folder."""
    names = {"DATABASE_URL": f"sqlite:///{folder / 'city.db'}", "CITYLOOP_DATA_DIR": str(folder)}
    return create_app(Config.from_env(names | {"SECRET_KEY": "pictures"}))


def a_case(*stages: Stage, told: str = "") -> Case:
    """The newest case in one of these stages, with photos; ``told`` names an act that its timeline must have."""
    found = (
        select(Case)
        .where(Case.stage.in_(stages), Case.photo_count > 0)
        .order_by(Case.photo_count.desc(), Case.id.desc())
    )
    if told:
        found = found.where(Case.id.in_(select(TimelineEntry.case_id).where(TimelineEntry.act == told)))
    return db.session.scalars(found).first()


def pictures(camera: Camera) -> None:
    """Every picture, in the order of a case's way."""
    fresh, running, done = (
        a_case(Stage.reported),
        a_case(Stage.handling),
        a_case(Stage.closed, told="rework") or a_case(Stage.closed),
    )
    english: dict[str, Any] = {"language": "en"}
    phone: dict[str, Any] = {"size": PHONE}
    for suffix, language in (("", {}), (".en", english)):
        camera.take(f"work{suffix}", "li", "/desk/work", **language)
        camera.take(f"case{suffix}", "wang", f"/desk/cases/{running.id}", height=1500, **language)
        camera.take(f"cases{suffix}", "zhao", "/desk/cases?state=open", **language)
    camera.take("case-closed", "zhao", f"/desk/cases/{done.id}", height=2600)
    camera.take("drawing", "zhao", f"/desk/cases/{done.id}", part=".case-drawing")
    if fresh is not None:
        camera.take(
            "filing-proposal",
            "li",
            f"/desk/cases/{fresh.id}/filing_proposal?category_id={fresh.category_id or ''}",
            height=1000,
        )
    camera.take("map", "zhao", "/desk/map?state=open")
    camera.take("call", "sun", "/desk/calls/new", height=1200)
    camera.take("assessment", "wu", "/assessment/2026-10", height=1900)
    camera.take("assessment.en", "wu", "/assessment/2026-10", height=1900, **english)
    camera.take("board", "zhou", "/supervision/", height=1500)
    camera.take("board.en", "zhou", "/supervision/", height=1500, **english)
    camera.take("wall", "zhou", "/supervision/wall", size=SCREEN)
    camera.take("authority", "system_admin", "/admin/authority")
    camera.take("people", "system_admin", "/admin/people")
    camera.take("catalogue.en", "system_admin", "/admin/catalogue", **english)
    camera.take("calendar", "system_admin", "/admin/calendars/1", height=1000)
    camera.take("roles", "security_admin", "/admin/roles")
    camera.take("audit", "audit_admin", "/admin/audit")
    camera.take("phone-work", "chen", "/desk/work", **phone)
    camera.take("phone-report", "chen", "/desk/reports/new", height=1400, **phone)
    camera.take("phone-case", "chen", "/desk/work", height=1400, act=open_first, **phone)
    camera.take("phone-confirmation", "chen", "/desk/work", height=1400, act=open_act, **phone)
    camera.take("phone-work.en", "chen", "/desk/work", **phone, **english)


def open_first(page: Any) -> None:
    """Into the first case of the list."""
    page.click("a.list-title >> nth=0")
    page.wait_for_selector(".case")
    page.wait_for_load_state("networkidle")


def open_act(page: Any) -> None:
    """On to the act that waits there."""
    open_first(page)
    page.click(".case-acts .btn-primary")
    page.wait_for_load_state("networkidle")


def main(only: str = "") -> None:
    """Build the city, serve it, take the pictures (whose name contains ``only``)."""
    DATA.mkdir(exist_ok=True)
    app = application(DATA)
    with app.app_context(), clock.fixed(NOW):
        build()
        db.session.commit()
        with serving(app) as address, sync_playwright() as playwright:
            pictures(Camera(playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS), address, only))


if __name__ == "__main__":
    import sys

    main(*sys.argv[1:2])
