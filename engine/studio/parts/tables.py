"""Decision tables in force, with the test cases that they must pass. What they decided stays with the city."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import select

from engine.decisions import publishing, vocabulary
from engine.decisions.checking import Check
from engine.decisions.content import from_json
from engine.decisions.errors import AlreadyInForce
from engine.decisions.models import DecisionTable, TableState
from engine.decisions.outcomes import UNITS
from engine.decisions.vocabulary import POLICIES, Answers, HitPolicy
from engine.kit.db import db
from engine.kit.errors import CityLoopError
from engine.kit.i18n import N_
from engine.studio.archive_comparing import Items, Told
from engine.studio.parts.part import PIECE, Hand, Part, Problem, refusals, shaped

ARROW = "→"


def _texts() -> fields.Dict:
    return fields.Dict(fields.String(), fields.String(), required=True)


class _Row(Schema):
    tests = fields.List(fields.String(), required=True)
    output = _texts()
    note = fields.String(required=True)


class _Example(Schema):
    name = fields.String(required=True)
    facts = _texts()
    expected = _texts()


class _Table(Schema):
    hit_policy = fields.String(required=True, validate=validate.OneOf([one.value for one in HitPolicy]))
    inputs = fields.List(fields.String(), required=True)
    rows = fields.List(fields.Nested(_Row), required=True)
    examples = fields.List(fields.Nested(_Example), required=True)


def _read() -> dict[str, Any]:
    return {row.decision: row.content for row in _in_force().values()}


def _in_force() -> dict[str, DecisionTable]:
    active = select(DecisionTable).where(DecisionTable.state == TableState.active)
    return {row.decision: row for row in db.session.scalars(active)}


def _check(items: Items, at: datetime) -> list[Problem]:  # noqa: ARG001 - as every part's
    return shaped(_Table(), items) or [one for name, item in items.items() for one in _problems(name, item)]


def _problems(name: str, item: Mapping[str, Any]) -> list[Problem]:
    try:
        decision = vocabulary.get(name)
        check = Check(from_json(item).tidied(decision), decision)
    except CityLoopError as refusal:
        return refusals(name, refusal)
    return [Problem(name, one.text, one.params) for one in check.errors]


def _put(items: Items, hand: Hand) -> None:
    for name, item in items.items():
        # What differs only in how its cells are written is in force already.
        with suppress(AlreadyInForce):
            publishing.take_over(name, from_json(item), note=hand.note, by=hand.by, at=hand.at)


def _remove(names: Collection[str], hand: Hand) -> None:
    here = _in_force()
    for name in names:
        publishing.withdraw(here[name].id, reason=hand.note, by=hand.by, at=hand.at)


def _tell(item: Mapping[str, Any]) -> Told:
    """Each row in a line: its cells, its answer, what was noted about it; and each test case."""
    told = {"hit_policy": item["hit_policy"], "inputs": PIECE.join(item["inputs"])}
    told |= {str(number): PIECE.join(_row(row)) for number, row in enumerate(item["rows"], 1)}
    return told | {PIECE.join(["example", one["name"]]): PIECE.join(_example(one)) for one in item["examples"]}


def _row(row: Mapping[str, Any]) -> Iterator[str]:
    yield from row["tests"]
    yield ARROW
    yield from filter(None, (*_answer(row["output"]), row["note"]))


def _example(one: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name} = {value}" for name, value in one["facts"].items())
    yield ARROW
    yield from _answer(one["expected"])


def _answer(output: Mapping[str, str]) -> list[str]:
    """As people say it: "4 · working hours", or a department."""
    columns = dict.fromkeys(name for answers in Answers for name in answers.columns)
    return [output[name] for name in columns if output.get(name)]


PART = Part(
    "tables",
    N_("Decision tables"),
    read=_read,
    check=_check,
    put=_put,
    tell=_tell,
    title=lambda key, item: key,  # noqa: ARG005 - a decision is called by its label, among the words
    words={
        "hit_policy": N_("Hit policy"),
        "inputs": N_("Columns"),
        "example": N_("Test case"),
        **{one.value: text for one, text in POLICIES.items()},
        **UNITS,
    },
    remove=_remove,
)
