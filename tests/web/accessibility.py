"""Asks axe-core whether a page in the browser is accessible (WCAG 2.1 AA)."""

from functools import cache
from typing import Any

from engine.kit.config import ROOT

ASKED = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    # Of what is as it should be nothing is told in detail: that takes longer than finding what is not.
    "resultTypes": ["violations"],
}


def violations(page: Any) -> list[str]:
    """What axe finds on a Playwright page: one line a rule and element; empty when all is well."""
    page.evaluate(_axe())
    found = page.evaluate("(asked) => axe.run(document, asked)", ASKED)
    return [
        f"{page.url} {rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@cache
def _axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
