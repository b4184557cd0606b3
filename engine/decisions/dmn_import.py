"""Tables from DMN files, ours and other tools'. Cells are taken as they stand: the check says what they lack."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select

from engine.decisions import dmn
from engine.decisions.content import Content, Example, Row
from engine.decisions.errors import UnreadableDmn
from engine.decisions.outcomes import UNITS
from engine.decisions.vocabulary import Answers, Decision, HitPolicy
from engine.kit import xml
from engine.kit.cells import words_for
from engine.kit.db import db
from engine.kit.decoding import NotXml
from engine.kit.errors import FieldError
from engine.kit.i18n import N_
from engine.organization.models import Department

FAMILY = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")
"""How the namespaces of every version of DMN begin."""
POLICIES = {
    "UNIQUE": HitPolicy.unique,
    "FIRST": HitPolicy.first,
    "ANY": HitPolicy.any,
    "COLLECT": HitPolicy.collect,
    "COLLECT MIN": HitPolicy.collect_min,
    "COLLECT MAX": HitPolicy.collect_max,
}


@dataclass(frozen=True)
class Imported:
    """A table that was read, and sentences about what of the file was left out."""

    content: Content
    losses: tuple[FieldError, ...]


def read(source: bytes, decision: Decision) -> Imported:
    """The decision table of a file, for ``decision``.

    Raises UnreadableDmn with what keeps it from being read beside ``file``, TooLarge.
    """
    try:
        root = xml.read(source)
    except NotXml as error:
        raise refused(error.reason, **error.params) from error
    if not xml.namespace(root).startswith(FAMILY) or xml.kind(root) != "definitions":
        raise refused(N_("This is not a DMN file."))
    return _File(root, decision).imported()


def refused(text: str, **params: Any) -> UnreadableDmn:
    """The refusal of a file, for a reason that is a msgid."""
    return UnreadableDmn({"file": [FieldError(text, params)]})


class _File:
    """One file and the decision that it is read for."""

    def __init__(self, root: xml.Element, decision: Decision) -> None:
        self._decision, self._root = decision, root
        self._head, self._table = self._chosen()
        self._losses: list[FieldError] = []

    def imported(self) -> Imported:
        policy = self._policy()
        inputs = tuple(self._fact(column) for column in _all(self._table, "input"))
        outputs = [self._output(column) for column in _all(self._table, "output")]
        rows = tuple(self._row(rule, len(inputs), outputs) for rule in _all(self._table, "rule"))
        self._note_losses()
        return Imported(Content(policy, inputs, rows, tuple(self._examples())), tuple(self._losses))

    def _chosen(self) -> tuple[xml.Element, xml.Element]:
        tables = [(head, table) for head in _all(self._root, "decision") for table in _all(head, "decisionTable")]
        named = [pair for pair in tables if pair[0].get("id") == self._decision.name]
        if not tables:
            raise refused(N_("There is no decision table in this file."))
        if len(tables) > 1 and not named:
            raise refused(N_("There are several decision tables in this file: please export one alone."))
        return (named or tables)[0]

    def _policy(self) -> HitPolicy:
        given = " ".join(filter(None, (self._table.get("hitPolicy", "UNIQUE"), self._table.get("aggregation"))))
        if given not in POLICIES:
            raise refused(
                N_("Its hit policy %(policy)s is not run here: please use UNIQUE, FIRST, ANY or COLLECT."),
                policy=given[:40],
            )
        return POLICIES[given]

    def _fact(self, column: xml.Element) -> str:
        """The fact that a column asks for: by the name in its expression, else by a label in any language."""
        expressions = [_said(one) for one in _all(column, "inputExpression")]
        named = next((name for name in expressions if self._decision.input(name) is not None), None)
        if named is not None:
            return named
        words = [word.strip() for word in (*expressions, column.get("label", "")) if word.strip()]
        for asked in self._decision.inputs:
            if words_for(asked.name, asked.label) & {word.lower() for word in words}:
                return asked.name
        raise refused(N_("There is no fact called %(name)s."), name=(words or [""])[0][:60])

    def _output(self, column: xml.Element) -> str:
        names = self._decision.answers.columns
        if len(names) == 1:
            return names[0]
        known = (*names, *UNITS)
        name = next((word for word in (column.get("name"), column.get("label")) if word in known), None)
        if name is None:
            raise refused(
                N_("Its output %(name)s is not known: please call the outputs value and unit."),
                name=(column.get("name") or column.get("label") or "")[:60],
            )
        return name

    def _row(self, rule: xml.Element, width: int, outputs: list[str]) -> Row:
        tests = [_said(cell) for cell in _all(rule, "inputEntry")]
        answers = [_unquoted(_said(cell)) for cell in _all(rule, "outputEntry")]
        if len(tests) != width or len(answers) != len(outputs):
            raise refused(N_("A row has more or fewer cells than the table has columns."))
        notes = [_said(cell) for cell in (*_all(rule, "annotationEntry"), *_all(rule, "description"))]
        return Row(tuple(tests), self._answer(dict(zip(outputs, answers, strict=True))), " ".join(notes).strip())

    def _answer(self, given: dict[str, str]) -> dict[str, str]:
        if self._decision.answers is Answers.department:
            return {"department": self._codes.get(given["department"], given["department"])}
        for unit in UNITS.keys() & given.keys():
            return {"value": given[unit], "unit": unit}
        return given | {"unit": _unit(given.get("unit", ""))}

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        """Codes of departments by what other tools may call them."""
        found = db.session.execute(select(Department.code, Department.name, Department.short_name))
        return {word: code for code, *words in found for word in (*words, code)}

    def _examples(self) -> Iterator[Example]:
        for one in self._head.iter(f"{{{dmn.OWN}}}example"):
            facts, expected = (
                {each.get("name", ""): each.get("value", "") for each in one.iter(f"{{{dmn.OWN}}}{kind}")}
                for kind in ("fact", "expected")
            )
            yield Example(one.get("name", ""), facts, expected)

    def _note_losses(self) -> None:
        if list(self._root.iter("{*}defaultOutputEntry")):
            self._lose(N_("The answer where no row applies was left out: here it is as if there were no table."))
        if len(list(self._root.iter("{*}decision"))) > 1 or list(self._root.iter("{*}businessKnowledgeModel")):
            self._lose(N_("The file holds other decisions as well: only its table was taken."))

    def _lose(self, text: str) -> None:
        self._losses.append(FieldError(text))


def _all(parent: xml.Element, kind: str) -> list[xml.Element]:
    found: list[xml.Element] = parent.findall(f"{{*}}{kind}")
    return found


def _said(parent: xml.Element) -> str:
    """The text of a cell; descriptions hold it directly."""
    found = parent.find("{*}text")
    return " ".join(((parent if found is None else found).text or "").split())


def _unquoted(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1] if is_quoted else text


def _unit(word: str) -> str:
    """A unit by its name or its label in any language."""
    return next((unit for unit, label in UNITS.items() if word.lower() in words_for(unit, label)), word)
