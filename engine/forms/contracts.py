"""What the program's own acts read: a designed form keeps it, as strictly as its file asks for it, or more so."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.forms import catalogue
from engine.forms.definition import Field
from engine.forms.kinds import CHOSEN
from engine.forms.linting import Finding
from engine.kit.i18n import N_

_AT_MOST = ("max_length", "maximum", "max_count")
_AT_LEAST = ("min_length", "minimum", "min_count")


def check(entry: Mapping[str, Any]) -> list[Finding]:
    """Everything that an act would miss in a designed form whose content is in order."""
    questions = {item["name"]: Field.of(item) for item in entry["fields"]}
    contract = catalogue.contract_of(entry["name"])
    missing = [
        Finding(name, N_("The program needs this question; it cannot be taken out."))
        for name, kept in contract.items()
        if name not in questions and is_needed(kept)
    ]
    both = [(questions[name], kept) for name, kept in contract.items() if name in questions]
    return missing + [finding for now, kept in both for finding in _kept(now, kept)]


def is_needed(kept: Field) -> bool:
    """Does an act rely on an answer, always or under circumstances?"""
    return kept.required or kept.required_when is not None


def _kept(now: Field, kept: Field) -> Iterator[Finding]:
    if (now.kind, now.options_from, now.format) != (kept.kind, kept.options_from, kept.format):
        yield Finding(now.name, N_("The program reads this answer; its kind stays as it is."))
    if is_needed(kept) and not _is_as_strict(now, kept):
        yield Finding(now.name, N_("The program needs this answer whenever it asks for it today."))
    known = {option.value for option in kept.options}
    if kept.kind in CHOSEN and known and not {option.value for option in now.options} <= known:
        yield Finding(now.name, N_("The program knows only the choices that came with it."))
    if any(_exceeds(now, kept, key) for key in (*_AT_MOST, *_AT_LEAST)):
        yield Finding(now.name, N_("The program cannot keep more than its own form allows."))


def _is_as_strict(now: Field, kept: Field) -> bool:
    is_asked = now.visible_when is None or now.visible_when == kept.visible_when
    return is_asked and (now.required or (not kept.required and now.required_when == kept.required_when))


def _exceeds(now: Field, kept: Field, key: str) -> bool:
    allowed, wanted = getattr(kept, key), getattr(now, key)
    if allowed is None:
        return False
    return wanted is None or (wanted > allowed if key in _AT_MOST else wanted < allowed)
