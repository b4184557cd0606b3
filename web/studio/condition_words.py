"""Conditions of one or more plain comparisons in words, as the drawing board shows them; others stay CEL."""

import re
from functools import cached_property

from flask_babel import gettext as _

from engine.kit.i18n import N_
from engine.process import vocabulary
from engine.process.vocabulary import Fact
from web.presenting import translated
from web.studio.vocabulary import facts, values_of

COMPARISONS = {
    "==": N_("is"),
    "!=": N_("is not"),
    "<": N_("is less than"),
    "<=": N_("is at most"),
    ">": N_("is more than"),
    ">=": N_("is at least"),
}
JOINS = {"&&": N_("and"), "||": N_("or")}
_ROW = re.compile(r"""([A-Za-z_]\w*)\s*(==|!=|<=|>=|<|>)\s*("[^"\\&|]*"|'[^'\\&|]*'|-?\d+(?:\.\d+)?|true|false)""")
_PLAIN = re.compile(r"(!?)\s*([A-Za-z_]\w*)")


class ConditionWords:
    """The words of the conditions of one page: what they are made of is asked for once."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, str]] = {}

    def told(self, source: str) -> str:
        """Such as "How the last step ended is approve and Rounds is at least 2"; empty where words do not do."""
        joins = {join for join in JOINS if join in source}
        if len(joins) > 1 or not source.strip():
            return ""
        join = joins.pop() if joins else "&&"
        rows = [self._row(piece.strip()) for piece in source.split(join)]
        return f" {_(JOINS[join])} ".join(rows) if all(rows) else ""

    def _row(self, piece: str) -> str:
        plain, found = _PLAIN.fullmatch(piece), _ROW.fullmatch(piece)
        if plain and plain[2] in self._facts:
            return self._said(self._facts[plain[2]], "==", "false" if plain[1] else "true")
        if found and found[1] in self._facts:
            return self._said(self._facts[found[1]], found[2], found[3].strip("\"'"))
        return ""

    def _said(self, fact: Fact, comparison: str, value: str) -> str:
        if fact.name not in self._values:
            named = {entry["value"]: entry["label"] for entry in values_of(fact)}
            self._values[fact.name] = {"true": _("yes"), "false": _("no")} | named
        said = self._values[fact.name].get(value, value)
        return " ".join((translated(fact.label) or fact.name, _(COMPARISONS[comparison]), said))

    @cached_property
    def _facts(self) -> dict[str, Fact]:
        """The facts of every drawing, and what the forms of single steps ask."""
        asked = (fact for given in vocabulary.mapping("form_fact").values() for fact in given.values())
        return {fact.name: fact for fact in asked} | {fact.name: fact for fact in facts()}
