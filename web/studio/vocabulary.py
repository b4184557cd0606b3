"""What a drawing may name, in the reader's words (JSON): the lists that the drawing board offers."""

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import fields
from marshmallow.validate import OneOf
from sqlalchemy import select

from engine.access.models import Role
from engine.access.permissions import Permission, Scope
from engine.cases import list_of_acts as acts
from engine.cases import routing, step_departments, step_notices
from engine.cases import vocabulary as cases
from engine.cases.models import Stage
from engine.catalog import code_system
from engine.catalog import queries as catalog
from engine.forms import catalogue
from engine.kit.db import db
from engine.kit.i18n import N_
from engine.organization import queries as organization
from engine.process import actions
from engine.process import vocabulary as named
from engine.process.vocabulary import Fact, FactKind
from engine.studio import checking, designing
from web import languages
from web.desk import choices, wording
from web.guards import requires
from web.presenting import translated
from web.studio.door import door
from web.studio.words import WORDS

Entry = dict[str, Any]
OWN_STEP = str(acts.CUSTOM.step)
REACH = {
    Scope.city.value: N_("Everybody in this role, in the whole city."),
    Scope.department.value: N_("This role in the department that has the case."),
    Scope.grid.value: N_("This role on the beat where the case is."),
    Scope.own.value: N_("This role has no part in cases."),
}
OTHER_CLOCKS = {"confirmation_escalation": N_("Confirmation, the same time once more")}
FACT_KINDS = {
    FactKind.text: "text",
    FactKind.whole: "number",
    FactKind.number: "number",
    FactKind.truth: "yes_no",
}
LISTS = {"role": "roles", "clock": "clocks", "stage": "stages", "form": "forms"}
"""The board's list from which a parameter takes its value, by the kind of name that it is."""
KINDS = ((fields.Boolean, "yes_no"), (fields.Number, "number"))
"""Kinds of parameters by their marshmallow field; any other is text."""


@door.get("/vocabulary")
@requires(Permission.process_manage, Permission.process_review)
def vocabulary() -> ResponseReturnValue:
    """Forms, roles, acts, stages, clocks, results, actions and facts; and the words of the board itself."""
    return jsonify(
        {
            "acts": _acts(),
            "forms": _forms(),
            "roles": _roles(),
            "departments": _departments(),
            "notices": [_entry(name, _(label)) for name, label in step_notices.AUDIENCES.items()],
            "stages": [_entry(stage.value, _(wording.STAGES[stage.value])) for stage in Stage],
            "clocks": _clocks(),
            "results": [_entry(value, _(label)) for value, label in routing.RESULTS.items()],
            "actions": [_action(one) for one in actions.offered()],
            "facts": [_fact(one) for one in facts()],
            "words": {sentence: _(sentence) for sentence in WORDS},
        }
    )


@door.get("/expressions")
@requires(Permission.process_manage)
def check_expression() -> ResponseReturnValue:
    """What is wrong with the expression ``source`` or the lines of ``script``; null where nothing is."""
    locale = languages.chosen()
    script = request.args.get("script")
    if script is not None:
        return jsonify({"problem": checking.script_problem(script, locale)})
    return jsonify({"problem": checking.problem(request.args.get("source", ""), locale)})


def _entry(value: str, label: str, **more: Any) -> Entry:
    return {"value": value, "label": label, **more}


def _acts() -> list[Entry]:
    known = sorted(step for step in acts.KNOWN_STEPS if step is not None)
    own = _entry(OWN_STEP, _("A step of your own: a form, decisions, and on"), outcomes=[])
    return [own, *(_entry(act, _(wording.STEPS.get(act, act)), outcomes=_outcomes(act)) for act in known)]


def _outcomes(act: str) -> list[Entry]:
    return [_entry(value, _(label)) for value, label in routing.OUTCOMES.get(act, {}).items()]


def _forms() -> list[Entry]:
    """The forms of steps, each with the acts that it belongs to; those of other pages are left out."""
    by_form: dict[str, list[str]] = {OWN_STEP: [OWN_STEP], "suspension_lift": [acts.RESTING]}
    for act in acts.STEP_ACTS:
        by_form.setdefault(act.name, []).append(str(act.step))
    by_form |= {name: [OWN_STEP] for name in designing.names() if name not in designing.OF_ACTS}
    answers = named.mapping("form_fact")
    return [
        _entry(
            name,
            translated(catalogue.load(name).title),
            acts=found,
            facts=[_fact(one) for one in answers.get(name, {}).values()] if OWN_STEP in found else [],
        )
        for name, found in by_form.items()
    ]


def _roles() -> list[Entry]:
    is_english = languages.chosen() == "en"
    rows = db.session.scalars(select(Role).where(Role.scope != Scope.own.value).order_by(Role.id))
    return [_role(row, row.name_en if is_english else row.name) for row in rows]


def _role(row: Role, name: str) -> Entry:
    return _entry(row.code, name, reach=_(REACH[row.scope]), has_departments=row.scope == Scope.department)


def _departments() -> list[Entry]:
    """Rules that find a department for each case, then the departments themselves."""
    rules = [_entry(rule.name, _(rule.label)) for rule in step_departments.rules()]
    named = organization.departments()
    return rules + [_entry(f"{step_departments.CODE}{one.code}", one.short_name) for one in named]


def _clocks() -> list[Entry]:
    labels = wording.CLOCKS | OTHER_CLOCKS
    return [_entry(name, _(labels[name]) if name in labels else name) for name in cases.clock_names()]


def _action(action: actions.Action) -> Entry:
    parameters = [_parameter(name, field) for name, field in action.parameters.fields.items()]
    return _entry(action.name, _(action.label) if action.label else action.name, parameters=parameters)


def _parameter(name: str, field: Any) -> Entry:
    told = field.metadata
    label, help_ = told.get("label"), told.get("help")
    allowed = field.validate.choices if isinstance(field.validate, OneOf) else ()
    return {
        "name": name,
        "label": _(label) if label else name,
        "help": _(help_) if help_ else "",
        "kind": next((word for kind, word in KINDS if isinstance(field, kind)), "text"),
        "required": field.required,
        "list": LISTS.get(told.get("names", "")),
        "choices": [_entry(str(one), _(str(one))) for one in allowed],
    }


def facts() -> list[Fact]:
    """What every drawing may ask for, the outcome first; what forms ask stands with them."""
    found = {named.OUTCOME.name: named.OUTCOME, **named.mapping("fact")}
    for kind in ("act_fact", "action_fact"):
        for given in named.mapping(kind).values():
            found |= {name: fact for name, fact in given.items() if name not in found}
    return list(found.values())


def values_of(fact: Fact) -> list[Entry]:
    """What a fact may be, in the reader's words; none where anything is possible."""
    labels = dict(zip(fact.values, fact.called, strict=False)) or routing.VALUES.get(fact.name, {})
    values = [_entry(value, translated(labels[value]) if value in labels else value) for value in fact.values]
    return values or categories(fact.name)


def _fact(fact: Fact) -> Entry:
    return {
        "name": fact.name,
        "label": translated(fact.label) if fact.label else fact.name,
        "kind": FACT_KINDS[fact.kind],
        "values": values_of(fact),
    }


def categories(name: str) -> list[Entry]:
    """Codes and names of categories, for the two facts that hold them."""
    system = code_system.current()
    if name == "category":
        rows = [(row.kind, row.code, choices.name_of(row)) for row in catalog.listing(code_system=system)]
    elif name == "major_category":
        rows = catalog.majors(code_system=system)
    else:
        return []
    kinds = {"component": _("Component"), "event": _("Event")}
    labels: dict[str, list[str]] = {}
    for kind, code, label in rows:
        labels.setdefault(code, []).append(f"{label} ({kinds.get(kind, kind)})")
    # One code may stand for a component and for an event: a condition on it alone holds for both.
    return [_entry(code, f"{code} {' / '.join(both)}") for code, both in sorted(labels.items())]
