"""Settings: what administrators chose, by name. Those that name people of the city stay with it."""

from datetime import datetime
from typing import Any

from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.settings import declarations, values
from engine.studio.archive_comparing import Items, Told
from engine.studio.parts.part import Hand, Part, Problem, refusals


def _read() -> dict[str, Any]:
    values.look_again()
    return {one.name: values.get(one) for one in declarations.declared() if one.is_carried}


def _check(items: Items, at: datetime) -> list[Problem]:  # noqa: ARG001 - as every part's
    return [problem for name, value in items.items() for problem in _problems(name, value)]


def _problems(name: str, value: Any) -> list[Problem]:
    setting = declarations.find(name)
    if setting is None or not setting.is_carried:
        return [Problem(name, N_("This program has no such setting."))]
    try:
        setting.check(value)
    except Invalid as refusal:
        return refusals(name, refusal)
    return []


def _put(items: Items, hand: Hand) -> None:
    for name, value in items.items():
        setting = declarations.find(name)
        if setting is not None:
            values.set(setting, value, by=hand.by, at=hand.at)


def _tell(item: Any) -> Told:
    return {"value": {True: "yes", False: "no"}[item] if isinstance(item, bool) else str(item)}


PART = Part(
    "settings",
    N_("Settings"),
    read=_read,
    check=_check,
    put=_put,
    tell=_tell,
    title=lambda key, item: key,  # noqa: ARG005 - a setting is called by its label, among the words
    words={"value": N_("Value"), "yes": N_("yes"), "no": N_("no")},
)
