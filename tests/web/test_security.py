"""What the browser is told, and what pages may not contain."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


def test_no_script_or_style_may_be_inline(app):
    policy = app.test_client().get("/sign-in").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_template_holds_what_the_policy_forbids(path):
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", text)


def test_the_cookie_is_closed_to_scripts_and_other_sites(app):
    cookie = app.test_client().get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_files_with_a_version_are_kept_for_a_year(app):
    visitor = app.test_client()
    assert "immutable" in visitor.get("/static/favicon.svg?v=1").headers["Cache-Control"]
    assert visitor.get("/sign-in").headers["Cache-Control"] == "private, no-cache"


def test_every_page_is_guarded(app):
    """A view names who may enter: either it is open to all, or it lists permissions (none: whoever is signed in)."""
    bare = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, "__open_to_all__") and not hasattr(view, "__permissions__")
    ]
    assert bare == []


@pytest.mark.parametrize("query", ["region=%00", "source=patrol%00", "q=%00", "set=filed&month=2026-03&street=%00"])
def test_there_is_nothing_at_an_address_with_a_nul(visit, city, query):
    assert visit("wu").get(f"/desk/cases?{query}").status_code == 404
    assert visit("wu").get("/assessment/2026-03%00").status_code == 404
