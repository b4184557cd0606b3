"""Pages about work that goes on in the background: the part that changes is asked for again while it does."""

from typing import Any

from flask import render_template, request


def page(template: str, **values: Any) -> str:
    """The page ``studio/migration.html``; to a page that asks for its part again, only ``studio/_migration.html``."""
    door, _, name = template.rpartition("/")
    is_part = "HX-Request" in request.headers
    return render_template(f"{door}/_{name}" if is_part else template, **values)
