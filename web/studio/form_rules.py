"""When a question is asked, or must be answered: rules as rows of lists, and as they are read (CEL)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from engine.forms.definition import YES, Circumstance, Field, Rule, When, circumstances
from engine.forms.measures import MOST_CIRCUMSTANCES
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from web.presenting import translated

BETWEEN = "|"
NUMBERS = frozenset({"integer", "number"})
UNASKED = frozenset({"photos", "documents"})
"""Kinds whose answers no rule looks at."""


@dataclass(frozen=True)
class Row:
    """One circumstance as it stands on the page; ``bound`` is what a number is compared with."""

    statement: str = ""
    bound: str = ""


@dataclass(frozen=True)
class Rows:
    """A rule on the page: ``name`` is visible or required."""

    name: str
    join: str
    rows: Sequence[Row]
    cel: str


def shown(name: str, when: When | None, typed: MultiDict[str, str] | None) -> Rows:
    """The rows of a rule, with one more to fill in; what was typed stays."""
    rows, join = ([_row(one, answer) for one in circumstances(when) for answer in _answers(one)], _join(when))
    if typed is not None:
        given = zip_longest(typed.getlist(f"{name}_statement"), typed.getlist(f"{name}_bound"), fillvalue="")
        rows, join = [Row(*one) for one in given if one[0]], typed.get(f"{name}_join", "all")
    spare = [Row()] if len(rows) < MOST_CIRCUMSTANCES else []
    return Rows(name, join, [*rows, *spare], cel(when) if when is not None else "")


def statements(others: Iterable[Field]) -> list[tuple[Field, list[tuple[str, str]]]]:
    """What a rule can say of each other question: its value in the list, and a sentence."""
    return [(one, _statements(one)) for one in others if one.kind not in UNASKED]


def read(name: str, typed: MultiDict[str, str]) -> dict[str, Any] | None:
    """The rule as a form's file holds it; None where no row is filled in. Raises Invalid for a number that is none."""
    given = zip_longest(typed.getlist(f"{name}_statement"), typed.getlist(f"{name}_bound"), fillvalue="")
    found = [_entry(name, statement, bound) for statement, bound in given if statement][:MOST_CIRCUMSTANCES]
    if len(found) < 2:
        return found[0] if found else None
    join = "any" if typed.get(f"{name}_join") == "any" else "all"
    fields, keys = {one["field"] for one in found}, {key for one in found for key in one} - {"field"}
    if join == "any" and len(fields) == 1 and keys == {"is"}:
        return {"field": fields.pop(), "is": [answer for one in found for answer in one["is"]]}
    return {join: found}


def cel(when: When) -> str:
    """The rule as an expression."""
    if isinstance(when, Rule):
        return f" {'&&' if when.join == 'all' else '||'} ".join(_cel(one) for one in when.circumstances)
    return _cel(when)


def _cel(one: Circumstance) -> str:
    if one.comparison in {"at_least", "at_most"}:
        return f"{one.field} {'>=' if one.comparison == 'at_least' else '<='} {one.bound:g}"
    if one.comparison in {"answered", "unanswered"}:
        return f'{one.field} {"!=" if one.comparison == "answered" else "=="} ""'
    if one.answers == {YES}:
        return one.field if one.comparison == "is" else f"!{one.field}"
    answers = sorted(one.answers)
    if len(answers) == 1:
        return f'{one.field} {"==" if one.comparison == "is" else "!="} "{answers[0]}"'
    listed = ", ".join(f'"{answer}"' for answer in answers)
    return f"{one.field} in [{listed}]" if one.comparison == "is" else f"!({one.field} in [{listed}])"


def _statements(one: Field) -> list[tuple[str, str]]:
    if one.kind == "boolean":
        found = [("is", YES, _("is ticked")), ("is_not", YES, _("is not ticked"))]
    elif one.options:
        labels: Mapping[str, str] = {option.value: translated(option.label) for option in one.options}
        found = [("is", value, _("is “%(answer)s”", answer=label)) for value, label in labels.items()]
        found += [("is_not", value, _("is not “%(answer)s”", answer=label)) for value, label in labels.items()]
    else:
        found = [("answered", "", _("is answered")), ("unanswered", "", _("is not answered"))]
    if one.kind in NUMBERS:
        found += [("at_least", "", _("is at least …")), ("at_most", "", _("is at most …"))]
    return [(BETWEEN.join((one.name, comparison, value)), text) for comparison, value, text in found]


def _entry(name: str, statement: str, bound: str) -> dict[str, Any]:
    field, comparison, value = [*statement.split(BETWEEN, 2), "", ""][:3]
    if comparison in {"at_least", "at_most"}:
        return {"field": field, comparison: _number(name, bound)}
    if comparison in {"is", "is_not"}:
        return {"field": field, comparison: [value]}
    return {"field": field, comparison: True}


def _number(name: str, bound: str) -> float:
    try:
        number = float(bound)
    except ValueError:
        number = float("nan")
    if not -1e15 < number < 1e15:
        raise Invalid.field(f"{name}_when", N_("Please give a number."))
    return int(number) if number.is_integer() else number


def _answers(one: Circumstance) -> list[str]:
    return sorted(one.answers) or [""]


def _row(one: Circumstance, answer: str) -> Row:
    bound = f"{one.bound:g}" if one.comparison in {"at_least", "at_most"} else ""
    return Row(BETWEEN.join((one.field, one.comparison, answer)), bound)


def _join(when: When | None) -> str:
    if isinstance(when, Rule):
        return when.join
    return "any" if when is not None and len(when.answers) > 1 else "all"
