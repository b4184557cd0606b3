"""An element of a drawing in the reader's words: what it is called, its properties and their values."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from engine.cases import routing, step_departments, step_notices
from engine.kit.i18n import N_
from engine.organization import queries as organization
from engine.process import actions
from engine.process.differences import ASPECTS
from web.desk import wording
from web.studio import trying
from web.studio.condition_words import ConditionWords

NAMELESS = {
    "userTask": N_("unnamed step"),
    "manualTask": N_("unnamed step"),
    "serviceTask": N_("unnamed service task"),
    "scriptTask": N_("unnamed script"),
    "receiveTask": N_("unnamed wait for a message"),
    "subProcess": N_("unnamed sub-process"),
    "startEvent": N_("unnamed start"),
    "endEvent": N_("unnamed end"),
    "exclusiveGateway": N_("unnamed gateway"),
    "inclusiveGateway": N_("unnamed gateway"),
    "parallelGateway": N_("unnamed gateway"),
    "eventBasedGateway": N_("unnamed gateway"),
    "boundaryEvent": N_("unnamed event"),
    "intermediateCatchEvent": N_("unnamed event"),
    "intermediateThrowEvent": N_("unnamed event"),
    "lane": N_("unnamed lane"),
}
"""What elements without a name are called, by BPMN's word for them."""
TRUTH = {"true": N_("yes"), "false": N_("no")}
OWN_LABELS = {"role": N_("Role")}
"""Properties that only drawings of other tools give."""
MSGIDS = {
    "act": wording.STEPS,
    "stage": wording.STAGES,
    "clock": trying.CLOCKS,
    "timer": trying.CLOCKS,
    "result": routing.RESULTS,
    "interrupts": TRUTH,
}
"""What codes are called, by the property that holds them."""
ENDS = {"from", "to", "beside", "default"}
"""Properties that name another element."""


class ElementWords:
    """The words of one list of differences; ``nameless`` are its elements without a name: BPMN's word by id."""

    def __init__(self, nameless: Mapping[str, str]) -> None:
        self._nameless, self._conditions = nameless, ConditionWords()

    def name(self, given: str) -> str:
        """What an element is called, of its name or of its id where it has none."""
        return _(NAMELESS[self._nameless[given]]) if self.is_nameless(given) else given

    def is_nameless(self, given: str) -> bool:
        """Is this the id of an element that has no name?"""
        return self._nameless.get(given) in NAMELESS

    def label(self, element: str, name: str) -> str:
        """What a property is called; its own name where it has no other."""
        label = self._parameters.get(name, {}).get("label") if element == "serviceTask" else None
        label = label or ASPECTS.get(name) or OWN_LABELS.get(name)
        return _(label) if label else name

    def value(self, element: str, name: str, value: str) -> str:
        """What a value of a property is called; itself where it has no other name."""
        kind = self._kind(element, name)
        if kind == "form":
            return trying.form_title(value)
        if kind in ENDS:
            return self.name(value)
        if kind == step_notices.PROPERTY:
            return " · ".join(_(step_notices.WORDS.get(one, one)) for one in value.split())
        found = MSGIDS.get(kind, {})
        return _(found[value]) if value in found else self._named(kind).get(value, value)

    def _kind(self, element: str, name: str) -> str:
        """What a parameter of an action names, or the property itself."""
        return (self._parameters.get(name, {}).get("names") if element == "serviceTask" else None) or name

    def _named(self, kind: str) -> dict[str, str]:
        """What the city, or an action, calls the values of a property."""
        if kind in {"lane", "role"}:
            return self._roles
        if kind == "department":
            return self._departments
        return self._actions if kind == "action" else {}

    def condition(self, source: str) -> str:
        """A condition in words; empty where it says more than they can."""
        return self._conditions.told(source)

    @cached_property
    def _roles(self) -> dict[str, str]:
        return trying.role_names()

    @cached_property
    def _departments(self) -> dict[str, str]:
        rules = {rule.name: _(rule.label) for rule in step_departments.rules()}
        return rules | {f"{step_departments.CODE}{one.code}": one.short_name for one in organization.departments()}

    @cached_property
    def _actions(self) -> dict[str, str]:
        return {one.name: _(one.label) for one in actions.offered() if one.label}

    @cached_property
    def _parameters(self) -> dict[str, Mapping[str, Any]]:
        return {name: field.metadata for one in actions.offered() for name, field in one.parameters.fields.items()}
