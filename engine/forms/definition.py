"""What a form's file says, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.kit.i18n import N_
from engine.kit.outgoing import ADDRESS

YES = "1"
"""What a ticked box sends."""

TICKED = frozenset({YES, "on", "true", "yes"})


@dataclass(frozen=True)
class Option:
    """One choice. ``label`` is an English msgid in a form's file, and a name as it is where the caller gives it."""

    value: str
    label: str


@dataclass(frozen=True)
class Circumstance:
    """Holds when the answer to ``field`` is one of ``answers`` (in a file: ``{"field": "…", "is": ["…"]}``)."""

    field: str
    answers: frozenset[str]

    def holds(self, data: Mapping[str, Any]) -> bool:
        """Does what was entered meet it? A box counts as "1" however the browser calls a ticked one."""
        given = {str(text).strip() for text in texts(data, self.field)}
        if given & TICKED:
            given.add(YES)
        return bool(given & self.answers)


@dataclass(frozen=True)
class Field:
    """One question. Lengths are in characters, counts in files; ``minimum`` and ``maximum`` bound a number."""

    name: str
    label: str
    kind: str
    required: bool = False
    help: str = ""
    options: tuple[Option, ...] = ()
    options_from: str | None = None
    """Name of a list that the caller gives: departments, handlers, categories …"""
    visible_when: Circumstance | None = None
    required_when: Circumstance | None = None
    phrases: tuple[str, ...] = ()
    """Common phrases (常用语), one click away."""
    default: str = ""
    format: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_count: int | None = None
    max_count: int | None = None

    def is_visible(self, data: Mapping[str, Any]) -> bool:
        """Is it asked at all, given the other answers?"""
        return self.visible_when is None or self.visible_when.holds(data)

    def is_required(self, data: Mapping[str, Any]) -> bool:
        """Must it be answered, given the other answers?"""
        return self.required or (self.required_when is not None and self.required_when.holds(data))

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Field":
        """The field that one entry of a checked file describes."""
        parts = dict(entry)
        parts["options"] = tuple(Option(option["value"], option["label"]) for option in entry.get("options", ()))
        parts["phrases"] = tuple(entry.get("phrases", ()))
        for key in ("visible_when", "required_when"):
            parts[key] = _circumstance(entry.get(key))
        return cls(**parts)


def _circumstance(entry: Mapping[str, Any] | None) -> Circumstance | None:
    return Circumstance(entry["field"], frozenset(entry["is"])) if entry else None


def texts(data: Mapping[str, Any], name: str) -> Sequence[Any]:
    """All that was sent under ``name``: a browser's form may carry a name several times (``getlist``)."""
    if hasattr(data, "getlist"):
        return list(data.getlist(name))
    given = data.get(name)
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple) else [given]


FORMATS: dict[str, tuple[str, str]] = {
    "phone": (r"\+?[0-9][0-9 \-()]{2,24}", N_("A telephone number is made of digits, spaces, dashes and brackets.")),
    "email": (ADDRESS.pattern, N_("An e-mail address is written like wang@example.cn.")),
    "user_name": (r"[a-z0-9][a-z0-9._\-]+", N_("A user name is made of small letters, digits, dots and dashes.")),
    "case_number": (r"[0-9A-Za-z\-]{6,32}", N_("A case number is made of 6 to 32 digits and letters.")),
}
"""Names that ``format`` may give, each with its pattern and the sentence for what does not match."""
