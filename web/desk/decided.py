"""What decision tables said about a case when it was dispatched: which version, which rows, because of which facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.cases import queries as cases
from engine.decisions import queries, vocabulary
from engine.decisions.content import Content, from_json
from engine.decisions.models import DecisionTable, DecisionTaken
from engine.decisions.vocabulary import Decision, Input
from engine.kit.facts import FactKind
from web.desk import choices, wording
from web.desk.door import door
from web.guards import requires
from web.session import current_actor


@dataclass(frozen=True)
class Fact:
    """A fact as it was, and what each row that applied asks of it."""

    label: str
    value: str
    asked: Sequence[str]


@dataclass(frozen=True)
class Decided:
    """What one table said. ``rows`` is empty where none of them applied: then it was as if there were no table."""

    label: str
    otherwise: str
    table_id: int
    version: int
    at: datetime
    rows: Sequence[int]
    outcome: str
    facts: Sequence[Fact]


@door.get("/cases/<int:case_id>/decisions")
@requires()
def decisions(case_id: int) -> ResponseReturnValue:
    """Everything that tables decided about a case, the newest first; for whoever sees the case."""
    case = cases.get(case_id, current_actor())
    found = [_decided(taken, table) for taken, table in queries.taken_about("case", case.id)]
    return render_template("desk/decisions.html", case=case, decided=found)


def _decided(taken: DecisionTaken, table: DecisionTable) -> Decided:
    decision, content = vocabulary.get(table.decision), from_json(table.content)
    return Decided(
        _(decision.label),
        _(decision.otherwise),
        table.id,
        table.version or 0,
        taken.at,
        taken.rows,
        _outcome(taken.outcome),
        [_fact(decision, content, taken, place) for place in range(len(content.inputs))],
    )


def _fact(decision: Decision, content: Content, taken: DecisionTaken, place: int) -> Fact:
    name = content.inputs[place]
    asked = decision.input(name)
    cells = [content.rows[number - 1].tests[place] for number in taken.rows]
    return Fact(_(asked.label) if asked else name, _value(asked, taken.facts.get(name)), cells)


def _value(asked: Input | None, value: Any) -> str:
    if asked is not None and asked.kind is FactKind.truth:
        return _("yes") if value else _("no")
    if asked is not None and value in asked.values and asked.values[value] != value:
        return f"{_(asked.values[value])} ({value})"
    return str(value)


def _outcome(kept: dict[str, Any]) -> str:
    if "unit" in kept:
        return wording.limit(kept["value"], kept["unit"])
    names = choices.departments_by_code() if kept.get("departments") else {}
    return _(", ").join(names.get(code, code) for code in kept.get("departments", []))
