"""What pages that try out a drawing share: the draft or version that they are about, and its words."""

from dataclasses import dataclass
from itertools import chain
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from engine.access.models import Role
from engine.access.permissions import Permission
from engine.cases import routing
from engine.forms import catalogue
from engine.kit.db import db
from engine.process import charts, outcomes, vocabulary
from engine.process.vocabulary import OUTCOME
from engine.studio.errors import NoSuchDraft
from engine.studio.models import StudioDraft
from web import languages
from web.admin import wording
from web.studio import versions
from web.studio.vocabulary import OTHER_CLOCKS, values_of

SEEN_BY = (Permission.process_manage, Permission.process_review)
CLOCKS = wording.CLOCKS | OTHER_CLOCKS
"""What time limits are called."""


@dataclass(frozen=True)
class Tried:
    """A draft, or a version that was published."""

    id: int
    key: str
    name: str
    xml: str
    version: int | None
    address: str
    """Where its dry run is."""
    replays: str
    """Where past cases are replayed through it."""

    @property
    def title(self) -> str:
        """What it is called."""
        if self.version is None:
            return _("%(name)s, draft", name=self.name)
        return _("%(name)s, version %(version)s", name=self.name, version=self.version)


def draft(draft_id: int) -> Tried:
    """Raises NoSuchDraft."""
    row = db.session.get(StudioDraft, draft_id)
    if row is None:
        raise NoSuchDraft
    address, replays = (url_for(f"studio.draft_{name}", draft_id=row.id) for name in ("paths", "replays"))
    return Tried(row.id, row.key, row.name, row.xml, None, address, replays)


def version(definition_id: int) -> Tried:
    """Raises NotFound."""
    row = versions.find(definition_id)
    address, replays = (url_for(f"studio.version_{name}", definition_id=row.id) for name in ("paths", "replays"))
    return Tried(row.id, row.key, row.name, row.xml, row.version, address, replays)


def role_names() -> dict[str, str]:
    """What roles are called in the reader's language: one statement."""
    rows = db.session.execute(select(Role.code, Role.name, Role.name_en))
    is_english = languages.chosen() == "en"
    return {code: (name_en if is_english and name_en else name) for code, name, name_en in rows}


def form_title(name: str) -> str:
    """What a form is called; its name where there is no such form yet."""
    return _(catalogue.load(name).title) if name in catalogue.names() else name


class Facts:
    """Says facts in words: what they are called, and what their values are; outcomes as the drawing calls them.

    Without ``names_categories`` codes of categories stay codes, and nothing is asked of the database.
    """

    def __init__(self, source: str, *, names_categories: bool = True) -> None:
        self._names_categories = names_categories
        self._outcomes = outcomes.read(source)
        self._acts = {key: node.act for key, node in charts.read(source).nodes.items()}
        self._words: dict[str, dict[str, str]] = {}

    def told(self, node: str, given: dict[str, Any]) -> list[tuple[str, str]]:
        """Pairs of a fact's name and its value; the outcome first."""
        ordered = sorted(given.items(), key=lambda item: (item[0] != OUTCOME.name, item[0]))
        return [(self.name(name), self._value(node, name, value)) for name, value in ordered]

    def name(self, name: str) -> str:
        """What a fact is called."""
        if name == OUTCOME.name:
            return _("Ends with")
        known = _fact(name)
        return _(known.label) if known is not None and known.label else name

    def _value(self, node: str, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if value is None:
            return "–"
        return self._outcome(node, str(value)) if name == OUTCOME.name else self._word(name, str(value))

    def _outcome(self, node: str, value: str) -> str:
        """As the way behind the step is called; else as the act calls it."""
        of_act = routing.OUTCOMES.get(self._acts.get(node) or "", {}).get(value)
        return self._outcomes.get(node, {}).get(value) or (_(of_act) if of_act else value)

    def _word(self, name: str, value: str) -> str:
        if name not in self._words:
            fact = _fact(name)
            is_asked = fact is not None and (self._names_categories or fact.values)
            entries = values_of(fact) if fact is not None and is_asked else []
            self._words[name] = {entry["value"]: entry["label"] for entry in entries}
        return self._words[name].get(value, value)


def _fact(name: str) -> vocabulary.Fact | None:
    """What is known of a fact; forms, which may have to be read, are asked last."""
    kinds = ("act_fact", "action_fact", "form_fact")
    behind_steps = chain.from_iterable(vocabulary.mapping(kind).values() for kind in kinds)
    return next((given[name] for given in chain([vocabulary.mapping("fact")], behind_steps) if name in given), None)
