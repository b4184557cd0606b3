"""Front-end files: gathered once, found by a name that changes with their content."""

import json

from web import assets


def test_gathering_again_copies_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    (tmp_path / "fonts").mkdir()
    assert assets.gather() > 100
    assert assets.gather() == 0


def test_every_icon_that_a_template_names_is_in_the_sheet():
    import re  # noqa: PLC0415

    names = set(assets.ICONS.read_text().split())
    templates = (assets.ROOT / "web" / "templates").rglob("*.html")
    used = {name for path in templates for name in re.findall(r'icon\("([a-z0-9-]+)"', path.read_text())}
    assert used <= names


def test_an_address_changes_with_the_content(app):
    with app.test_request_context():
        assert "?v=" in assets.address("css/frame.css")
        assert assets.address("vendor/htmx.min.js").endswith(
            json.loads((assets.VENDOR / "manifest.json").read_text())["htmx.min.js"]
        )
