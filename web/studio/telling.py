"""The history of an instance as sentences."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from engine.process.charts import Chart
from engine.process.models import ProcessEvent
from engine.studio.inspecting import Page
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
    chart, by = page.chart, page.names.get(event.by_id, "") if event.by_id is not None else ""
    named = [chart.nodes[node].name for node in event.path if node != event.node and node in chart.nodes]
    passed = [name for name in named if name]
    hidden = {"by"} if event.kind in {"migrated", "moved_back"} else {"from", "to"} & event.facts.keys()
    facts = {key: value for key, value in event.facts.items() if key not in hidden}
    return Sentence(event.at, by, _text(event, chart), passed, event.due_at, words.told(event.node or "", facts))


def written(facts: dict[str, Any]) -> dict[str, str]:
    """Facts as a drawing's conditions write them: true, false, null, numbers; texts as they are."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in facts.items()}


def _text(event: ProcessEvent, chart: Chart) -> str:
    node = chart.label(event.node) if event.node else ""
    if event.kind == "relocated":
        return _relocated(event, node, chart)
    if event.kind in {"migrated", "moved_back"}:
        return _("It was moved from version %(old)s to version %(new)s.", old=event.facts.get("from", "?"),
                 new=event.facts.get("to", "?"))  # fmt: skip
    return {
        "started": _("It began."),
        "completed": _('"%(node)s" was done.', node=node),
        "performed": _('"%(node)s" was performed.', node=node),
        "fired": _('"%(node)s" fired.', node=node),
        "sent": _('The message "%(node)s" came.', node=node),
        "withdrawn": _("It was withdrawn (%(why)s).", why=node),
    }.get(event.kind, event.kind)


def _relocated(event: ProcessEvent, node: str, chart: Chart) -> str:
    to = event.facts.get("to", "")
    if to == "-":
        return _('The branch at "%(node)s" was ended by hand.', node=node)
    return _('It was moved by hand from "%(node)s" to "%(to)s".', node=node, to=chart.label(to))
