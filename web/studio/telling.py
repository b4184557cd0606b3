"""The history of an instance as sentences."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from engine.process.charts import Chart
from engine.process.models import ProcessEvent
from engine.studio import inspecting
from engine.studio.inspecting import BETWEEN_VERSIONS, Page
from web.studio.trying import Facts


@dataclass(frozen=True)
class Sentence:
    """What happened when; ``by`` is a name, empty for the program. ``passed`` are the nodes that followed by name.

    ``due_at`` is when a step that was done was to be done; ``facts`` are pairs of a name and a value.
    """

    at: datetime
    by: str
    text: str
    passed: list[str]
    due_at: datetime | None
    facts: list[tuple[str, str]]


def history(page: Page, facts: Facts) -> list[Sentence]:
    """Every move, the newest first."""
    return [_sentence(event, page, facts) for event in reversed(page.history)]


def _sentence(event: ProcessEvent, page: Page, words: Facts) -> Sentence:
    chart = page.chart
    named = [chart.nodes[node].name for node in event.path if node != event.node and node in chart.nodes]
    passed = [name for name in named if name]
    facts = {} if event.kind in BETWEEN_VERSIONS else _shown(event.facts)
    by = page.names.get(inspecting.doer_of(event) or 0, "")
    return Sentence(event.at, by, _text(event, chart), passed, event.due_at, words.told(event.node or "", facts))


def _shown(facts: dict[str, Any]) -> dict[str, Any]:
    """What the sentence itself does not say."""
    return {key: value for key, value in facts.items() if key not in {"from", "to"}}


def written(facts: dict[str, Any]) -> dict[str, str]:
    """Facts as a drawing's conditions write them: true, false, null, numbers; texts as they are."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in facts.items()}


def _text(event: ProcessEvent, chart: Chart) -> str:
    node = chart.label(event.node) if event.node else ""
    if event.kind == "relocated":
        return _relocated(event, node, chart)
    if event.kind in BETWEEN_VERSIONS:
        return _between_versions(event)
    return {
        "started": _("It began."),
        "completed": _('"%(node)s" was done.', node=node),
        "performed": _('"%(node)s" was performed.', node=node),
        "fired": _('"%(node)s" fired.', node=node),
        "sent": _('The message "%(node)s" came.', node=node),
        "withdrawn": _("It was withdrawn (%(why)s).", why=node),
    }.get(event.kind, event.kind)


def _between_versions(event: ProcessEvent) -> str:
    versions = {"old": event.facts.get("from", "?"), "new": event.facts.get("to", "?")}
    if event.kind == "moved_back":
        return _("It was taken back from version %(old)s to version %(new)s.", **versions)
    return _("It was moved from version %(old)s to version %(new)s.", **versions)


def _relocated(event: ProcessEvent, node: str, chart: Chart) -> str:
    to = event.facts.get("to", "")
    if to == "-":
        return _('The branch at "%(node)s" was ended by hand.', node=node)
    return _('It was moved by hand from "%(node)s" to "%(to)s".', node=node, to=chart.label(to))
