"""What a form's file says, as plain values."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.kit.i18n import N_, Bilingual
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
    """What one other answer must be like (in a file: ``{"field": "…", "is": ["…"]}``).

    ``comparison`` is ``is`` (one of ``answers``), ``is_not`` (none of them), ``answered``, ``unanswered``, or for
    numbers ``at_least`` and ``at_most`` (of ``bound``).
    """

    field: str
    answers: frozenset[str] = frozenset()
    comparison: str = "is"
    bound: float = 0

    def holds(self, data: Mapping[str, Any]) -> bool:
        """Does what was entered meet it? A box counts as "1" however the browser calls a ticked one."""
        given = {str(text).strip() for text in texts(data, self.field)} - {""}
        if given & TICKED:
            given.add(YES)
        if self.comparison in BOUNDS:
            return any(self._is_within(text) for text in given)
        if self.comparison in ANSWERED:
            return bool(given) == ANSWERED[self.comparison]
        return bool(given & self.answers) == (self.comparison == "is")

    def entry(self) -> dict[str, Any]:
        """As it stands in a file."""
        if self.comparison in BOUNDS:
            return {"field": self.field, self.comparison: self.bound}
        if self.comparison in ANSWERED:
            return {"field": self.field, self.comparison: True}
        return {"field": self.field, self.comparison: sorted(self.answers)}

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Circumstance":
        """The circumstance that a checked entry describes."""
        comparison = next(key for key in entry if key != "field")
        told = entry[comparison]
        if comparison in BOUNDS:
            return cls(entry["field"], comparison=comparison, bound=told)
        return cls(entry["field"], frozenset(told if isinstance(told, list) else ()), comparison)

    def _is_within(self, text: str) -> bool:
        try:
            number = float(unicodedata.normalize("NFKC", text))
        except ValueError:
            return False
        return number >= self.bound if self.comparison == "at_least" else number <= self.bound


BOUNDS = frozenset({"at_least", "at_most"})
ANSWERED = {"answered": True, "unanswered": False}
COMPARISONS = frozenset({"is", "is_not"}) | BOUNDS | ANSWERED.keys()


@dataclass(frozen=True)
class Rule:
    """Several circumstances: holds when ``all`` of them do, or ``any`` (in a file: ``{"all": […]}``)."""

    join: str
    circumstances: tuple[Circumstance, ...]

    def holds(self, data: Mapping[str, Any]) -> bool:
        """Does what was entered meet them?"""
        return {"all": all, "any": any}[self.join](one.holds(data) for one in self.circumstances)

    def entry(self) -> dict[str, Any]:
        """As it stands in a file."""
        return {self.join: [one.entry() for one in self.circumstances]}


When = Circumstance | Rule


def circumstances(when: When | None) -> tuple[Circumstance, ...]:
    """What a rule looks at, one by one."""
    if when is None:
        return ()
    return when.circumstances if isinstance(when, Rule) else (when,)


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
    visible_when: When | None = None
    required_when: When | None = None
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
    section: str = ""
    """The heading of a group of questions that begins with this one."""
    width: str = "full"
    """On a desk: ``full``, or ``half``, beside its neighbour. On a phone every question has the whole width."""

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
        parts["options"] = tuple(Option(option["value"], words(option["label"])) for option in entry.get("options", ()))
        parts["phrases"] = tuple(words(phrase) for phrase in entry.get("phrases", ()))
        for key in ("label", "help", "section"):
            parts[key] = words(entry.get(key, ""))
        for key in ("visible_when", "required_when"):
            parts[key] = _when(entry.get(key))
        return cls(**parts)


def words(entry: str | Mapping[str, str]) -> str:
    """A text of a form: an English msgid, or what a city wrote itself (``{"zh": "…", "en": "…"}``)."""
    return entry if isinstance(entry, str) else Bilingual(entry.get("zh", ""), entry.get("en", ""))


def _when(entry: Mapping[str, Any] | None) -> When | None:
    if not entry:
        return None
    join = next((key for key in ("all", "any") if key in entry), None)
    if join is None:
        return Circumstance.of(entry)
    return Rule(join, tuple(Circumstance.of(one) for one in entry[join]))


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
