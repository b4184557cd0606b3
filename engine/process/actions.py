"""What a service task may do: a registry of actions with typed parameters. A drawing can name nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError

from engine.process.errors import NoSuchAction

Perform = Callable[[int, Mapping[str, Any], Mapping[str, Any], datetime], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Action:
    """``perform(subject_id, params, facts, at)`` works in the caller's transaction and returns facts, or None.

    ``label`` is an English msgid, for whoever draws.
    """

    name: str
    parameters: Schema
    perform: Perform
    label: str = ""


_actions: dict[str, Action] = {}


def register(name: str, parameters: Schema | type[Schema], perform: Perform, *, label: str = "") -> None:
    """Offer an action to drawings; a later registration replaces an earlier one."""
    _actions[name] = Action(name, parameters() if isinstance(parameters, type) else parameters, perform, label)


def offered() -> list[Action]:
    """Every action that a drawing may name."""
    return [_actions[name] for name in sorted(_actions)]


def action(name: str) -> Action:
    """The action ``name``.

    Raises NoSuchAction.
    """
    if name not in _actions:
        raise NoSuchAction(name=name)
    return _actions[name]


def named(name: str, params: Mapping[str, str]) -> list[tuple[str, str]]:
    """Parameters that name something of the vocabulary, as (kind, name).

    A parameter's field says so: ``fields.String(metadata={"names": "role"})``.
    """
    kinds = {key: field.metadata.get("names") for key, field in action(name).parameters.fields.items()}
    return [(str(kinds[key]), value) for key, value in params.items() if kinds.get(key)]


def problems(name: str, params: Mapping[str, str]) -> dict[str, list[str]]:
    """What is wrong with the parameters that a drawing gives to a registered action, by parameter."""
    try:
        action(name).parameters.load(dict(params))
    except ValidationError as error:
        return {str(key): list(map(str, value)) for key, value in error.normalized_messages().items()}
    return {}
