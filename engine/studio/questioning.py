"""Changing what the draft of a form asks: adding, changing, moving and removing questions; its name and its button.

Every act names the revision that it was made on, and leaves a form that could be published: what a form cannot hold, or
the program's acts would miss, is refused. All raise FormNotDesigned, FormChanged, NotFound, Invalid.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.forms import catalogue, contracts, linting
from engine.forms.models import FormDefinition
from engine.kit import pinyin
from engine.kit.errors import FieldError, Invalid, NotFound
from engine.kit.i18n import N_
from engine.kit.signals import Doer
from engine.process import vocabulary
from engine.studio import designing

KINDS = {
    "text": N_("Short text"),
    "long_text": N_("Long text"),
    "integer": N_("Whole number"),
    "number": N_("Number"),
    "boolean": N_("Box to tick"),
    "choice": N_("One of several choices"),
    "multi": N_("Any of several choices"),
    "date": N_("Day"),
    "datetime": N_("Day and time"),
    "department": N_("Department"),
    "point": N_("Place on the map"),
    "photos": N_("Photos"),
    "documents": N_("Documents"),
}
"""The kinds of questions that a city may ask; any other belongs to a question of the program."""
_FIRST: dict[str, dict[str, Any]] = {
    "department": {"options_from": "departments"},
    "choice": {"options": [{"value": "yes", "label": {"zh": "是", "en": "Yes"}}]},
    "multi": {"options": [{"value": "first", "label": {"zh": "第一项", "en": "First"}}]},
}
"""What a new question of a kind cannot be without."""
_FIXED = ("name", "kind", "options_from", "format")
"""What about a question never changes: its answers are kept by it."""

Question = dict[str, Any]


def add(draft_id: int, kind: str, label: Mapping[str, str], *, revision: int, by: Doer, at: datetime) -> str:
    """Put a question behind the others; its name, by which answers are kept, is made from its label and returned."""
    draft = designing.changing(draft_id, revision)
    if kind not in KINDS:
        raise Invalid.field("kind", N_("Please choose one of the offered values."))
    if not any(text.strip() for text in label.values()):
        raise Invalid.field("label_zh", N_("Please fill this in."))
    name = _free_name(label, draft)
    added = {"name": name, "label": dict(label), "kind": kind, **_FIRST.get(kind, {})}
    _ask(draft, [*draft.entry["fields"], added], by, at)
    return name


def put_back(draft_id: int, name: str, *, revision: int, by: Doer, at: datetime) -> None:
    """Ask a question of the program again that was taken out."""
    draft = designing.changing(draft_id, revision)
    if name not in taken_out(draft):
        raise NotFound
    entry = designing.bilingual(catalogue.shipped_entry(catalogue.contract_name(draft.key)))
    back = next(one for one in entry["fields"] if one["name"] == name)
    _ask(draft, [*draft.entry["fields"], back], by, at)


def change(draft_id: int, name: str, told: Question, *, revision: int, by: Doer, at: datetime) -> None:
    """Put ``told`` in place of a question; its name, kind and list stay as they are."""
    draft = designing.changing(draft_id, revision)
    before = question(draft, name)
    now = told | {key: before[key] for key in _FIXED if key in before}
    _ask(draft, [now if one is before else one for one in draft.entry["fields"]], by, at, about=name)


def move(draft_id: int, name: str, places: int, *, revision: int, by: Doer, at: datetime) -> None:
    """Move a question by some places down, or up where they are negative; at either end it stays."""
    draft = designing.changing(draft_id, revision)
    fields = list(draft.entry["fields"])
    here = fields.index(question(draft, name))
    fields.insert(max(0, min(here + places, len(fields) - 1)), fields.pop(here))
    _ask(draft, fields, by, at)


def remove(draft_id: int, name: str, *, revision: int, by: Doer, at: datetime) -> None:
    """Take a question out; refused while another one depends on it."""
    draft = designing.changing(draft_id, revision)
    gone = question(draft, name)
    _ask(draft, [one for one in draft.entry["fields"] if one is not gone], by, at)


def describe(draft_id: int, told: Mapping[str, Any], *, revision: int, by: Doer, at: datetime) -> None:
    """Change what the form is called (``title``), what its button says (``submit``), and its ``help``."""
    draft = designing.changing(draft_id, revision)
    _write(draft, draft.entry | dict(told), by, at)


def question(draft: FormDefinition, name: str) -> Question:
    """A question of a draft as it stands in it. Raises NotFound."""
    found: Question | None = next((one for one in draft.entry["fields"] if one["name"] == name), None)
    if found is None:
        raise NotFound
    return found


def taken_out(draft: FormDefinition) -> list[str]:
    """Names of the program's questions that the draft does not ask."""
    asked = {one["name"] for one in draft.entry["fields"]}
    return [name for name in catalogue.contract_of(draft.key) if name not in asked]


def _ask(draft: FormDefinition, fields: list[Question], by: Doer, at: datetime, about: str = "") -> None:
    _write(draft, draft.entry | {"fields": fields}, by, at, about)


def _write(draft: FormDefinition, entry: dict[str, Any], by: Doer, at: datetime, about: str = "") -> None:
    findings = linting.check(entry) or contracts.check(entry)
    if findings:
        raise Invalid(_beside(findings, about))
    designing.keep(draft, entry, by=by, at=at)


def _beside(findings: list[linting.Finding], about: str) -> dict[str, list[FieldError]]:
    """Findings beside their questions; those about the one that is being changed stand above its page."""
    fields: dict[str, list[FieldError]] = {}
    for finding in findings:
        name = "" if finding.field == about else finding.field
        fields.setdefault(name, []).append(FieldError(finding.text, finding.params))
    return fields


def _free_name(label: Mapping[str, str], draft: FormDefinition) -> str:
    """A name like the label that neither a question of the form or its contract has, nor a fact of the program."""
    wanted = label.get("en") or pinyin.letters(label.get("zh", ""))
    base = re.sub(r"[^a-z0-9]+", "_", wanted.lower()).strip("_0123456789")[:30] or "question"
    taken = {one["name"] for one in draft.entry["fields"]} | catalogue.contract_of(draft.key).keys() | program_facts()
    numbered = (f"{base}_{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (base, *numbered) if name not in taken)


def program_facts() -> set[str]:
    """Names of the facts that the program itself gives to drawings: no question of a city may overwrite one."""
    told = [vocabulary.mapping("fact"), *vocabulary.mapping("act_fact").values(),
            *vocabulary.mapping("action_fact").values()]  # fmt: skip
    return {vocabulary.OUTCOME.name}.union(*told)
