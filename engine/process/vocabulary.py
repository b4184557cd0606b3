"""What drawings may name, and what the program knows of it: told by the rooms above, asked by the checks of drawings.

Where nobody has told of a kind, everything of that kind passes: the process room knows no cases. The kinds:

``form act stage clock``  names that exist; others are refused
``role``         codes that exist, each with what people call it: ``{"clerk": ("办事员", "Clerk")}``
``department``   what a step may name as its department; others are refused
``department_role``  codes of the roles whose steps belong to a department: only these may name one
``notify``       whom a step may have told when it opens; others are refused
``fact``         facts that conditions may read from the beginning on: ``{name: Fact}``
``subject_fact`` names of those of them that the subject says of itself, whenever its instance lacks them
``outcome``      what an act may end with: ``{act: {"passed", "failed"}}``
``act_fact``     facts that an act gives besides its outcome: ``{act: {name: Fact}}``
``action_fact``  facts that an action of a service task gives: ``{action: {name: Fact}}``
``form_fact``    facts that a form gives where its step is of no particular act: ``{form: {name: Fact}}``
``decision``     forms that ask for a decision, which is the outcome of a step of no particular act
``form_act``     the act that a form belongs to: ``{form: act}``
``plain_step``   what a step of no particular act names: ``{"form": …, "act": …}``
``handling``     acts by which work is done
``apart``        acts that the program never lets somebody do who did the work
``closed``       stages of an end that say: the work was done and found good
``begun``        keys of the processes that acts of the program begin; on others no case ever begins
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from engine.kit.facts import FactKind
from engine.kit.i18n import N_


@dataclass(frozen=True)
class Fact:
    """A fact that conditions may read. ``values`` are all that a text may be; empty: any.

    ``label`` is what the fact is called, ``called`` what each of its values is, where they have names of their own:
    msgids, or words of the city.
    """

    name: str
    kind: FactKind = FactKind.text
    values: tuple[str, ...] = ()
    label: str = ""
    called: tuple[str, ...] = ()


OUTCOME = Fact("outcome", label=N_("How the last step ended"))
"""Every step gives it."""

_told: dict[str, Callable[[], Collection[str]]] = {}
_supposed: ContextVar[Mapping[str, Collection[str]]] = ContextVar("supposed", default={})  # noqa: B039 - never changed


def know(kind: str, names: Callable[[], Collection[str]]) -> None:
    """Tell which names of a kind exist, so that others are refused. See the module for the kinds."""
    _told[kind] = names


@contextmanager
def supposing(kind: str, names: Collection[str]) -> Iterator[None]:
    """In here drawings are checked as if the names of a kind were these."""
    token = _supposed.set({**_supposed.get(), kind: names})
    try:
        yield
    finally:
        _supposed.reset(token)


def is_told(kind: str) -> bool:
    """Whether somebody has told of this kind at all."""
    return kind in _told


def names(kind: str) -> Collection[str]:
    """The names of a kind; none where nobody told. It may ask the database: ask once for a drawing."""
    supposed = _supposed.get()
    if kind in supposed:
        return supposed[kind]
    return _told[kind]() if kind in _told else ()


def mapping(kind: str) -> Mapping[str, Any]:
    """The names of a kind with what is known about each; empty where nobody told more than names."""
    found = names(kind)
    return found if isinstance(found, Mapping) else {}


def facts() -> dict[str, Fact]:
    """Every fact that conditions of any drawing may read, by name: for whoever builds conditions from lists."""
    found = {OUTCOME.name: OUTCOME, **mapping("fact")}
    for kind in ("act_fact", "action_fact", "form_fact"):
        for given in mapping(kind).values():
            found = {**given, **found}
    return found
