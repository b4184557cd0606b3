"""What the program tells the drawings of cases: the facts they begin with, and what each act ends with and gives."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from engine.cases import routing
from engine.forms import catalogue
from engine.forms.catalogue import Form
from engine.forms.definition import Field
from engine.kit.i18n import N_
from engine.process import linting, vocabulary
from engine.process.vocabulary import OUTCOME, Fact, FactKind

_BEGINNING = (
    Fact("entry", values=tuple(routing.VALUES["entry"]), label=N_("How the case came in")),
    Fact("kind", values=tuple(routing.VALUES["kind"]), label=N_("Component or event")),
    Fact("major_category", label=N_("Category")),
    Fact("category", label=N_("Subcategory")),
    Fact("is_public", FactKind.truth, label=N_("A citizen reported it")),
    Fact("needs_confirmation", FactKind.truth, label=N_("Its source calls for confirmation on site")),
    Fact("needs_review", FactKind.truth, label=N_("Self-handling is reviewed")),
    Fact("return_count", FactKind.whole, label=N_("How often it was returned")),
    # Requests beside the case have drawings of their own.
    Fact("reason", label=N_("Why it is asked for")),
    Fact("is_urgent", FactKind.truth, label=N_("The case is urgent")),
    Fact("extension_count", FactKind.whole, label=N_("How often it was extended")),
    Fact("days", FactKind.whole, label=N_("Days of suspension asked for")),
    Fact("late_hours", FactKind.whole, label=N_("Hours late")),
)
OUTCOMES = {act: set(labels) for act, labels in routing.OUTCOMES.items()}
"""What each act may end with: every one of them needs a way behind its step."""
_BY_ACT = {
    "arbitration": (Fact("no_return", FactKind.truth, label=N_("It may not be returned any more")),),
    "closure": (Fact("is_public", FactKind.truth, label=N_("A citizen reported it")),),
    "return_review": (Fact("return_count", FactKind.whole, label=N_("How often it was returned")),),
}
_BY_ACTION = {
    "dispatch_by_rules": (Fact("dispatched", FactKind.truth, label=N_("A rule found just one department")),),
}
_KINDS = {
    "text": FactKind.text,
    "long_text": FactKind.text,
    "choice": FactKind.text,
    "choices": FactKind.text,
    "boolean": FactKind.truth,
    "integer": FactKind.whole,
    "number": FactKind.number,
    "department": FactKind.whole,
}
"""What the answer to each kind of question is as a fact. Others are kept with the act, but no facts."""

_NO_FACTS = frozenset({OUTCOME.name, "note"})


def tell() -> None:
    """Tell the check of drawings which facts there are."""
    linting.know("fact", lambda: _by_name(_BEGINNING))
    linting.know("subject_fact", lambda: routing.OF_CASE)
    linting.know("outcome", lambda: OUTCOMES)
    linting.know("act_fact", lambda: {act: _by_name(facts) for act, facts in _BY_ACT.items()})
    linting.know("action_fact", lambda: {action: _by_name(facts) for action, facts in _BY_ACTION.items()})
    linting.know("decision", lambda: {name for name in catalogue.names() if _asks_for_a_decision(catalogue.load(name))})
    linting.know("form_fact", lambda: {name: of_form(catalogue.load(name)) for name in catalogue.names()})


@contextmanager
def supposing(forms: Mapping[str, Form]) -> Iterator[None]:
    """In here drawings are checked as if these forms were in force, too, each in place of one of its name."""
    deciding = {name for name, form in forms.items() if _asks_for_a_decision(form)}
    facts = {name: of_form(form) for name, form in forms.items()}
    with (
        vocabulary.supposing("form", {*vocabulary.names("form"), *forms}),
        vocabulary.supposing("decision", {*vocabulary.names("decision")} - forms.keys() | deciding),
        vocabulary.supposing("form_fact", {**vocabulary.mapping("form_fact"), **facts}),
    ):
        yield


def _by_name(facts: tuple[Fact, ...]) -> dict[str, Fact]:
    return {fact.name: fact for fact in facts}


def of_form(form: Form) -> dict[str, Fact]:
    """The answers of a form that are surely facts where its step is of no particular act; its note is kept elsewhere.

    A number that was not asked or not answered is none.
    """
    return {
        field.name: _fact(field) for field in form.fields if field.name not in _NO_FACTS and _is_surely_given(field)
    }


def _asks_for_a_decision(form: Form) -> bool:
    return any(field.name == OUTCOME.name for field in form.fields)


def _is_surely_given(field: Field) -> bool:
    kind = _KINDS.get(field.kind)
    is_always_asked = field.required and field.visible_when is None
    return kind is not None and (kind in {FactKind.text, FactKind.truth} or is_always_asked)


def _fact(field: Field) -> Fact:
    values = tuple(option.value for option in field.options)
    called = tuple(option.label for option in field.options)
    return Fact(field.name, _KINDS[field.kind], values, field.label, called)
