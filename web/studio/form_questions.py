"""The page of one question of a form: what can be said about each kind, what stands there, what was typed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.forms.catalogue import Form
from engine.forms.definition import Field, Option
from engine.forms.measures import LONGEST, LONGEST_PHRASE, MOST_OPTIONS, MOST_PHRASES
from engine.kit import pinyin
from engine.kit.i18n import N_
from web.studio import form_rules

Question = dict[str, Any]
BOTH = ("zh", "en")
SPARE_CHOICES = 3
WIDTHS = (Option("full", N_("the whole width")), Option("half", N_("half, beside its neighbour")))
FORMATS = (Option("phone", N_("Telephone number")), Option("email", N_("E-mail address")),
           Option("case_number", N_("Number of a case")))  # fmt: skip
_SAID = (
    Field("label_zh", N_("Question in Chinese"), "text", max_length=LONGEST["label"], width="half"),
    Field("label_en", N_("Question in English"), "text", max_length=LONGEST["label"], width="half"),
    Field("help_zh", N_("Help in Chinese"), "long_text", max_length=LONGEST["help"], width="half"),
    Field("help_en", N_("Help in English"), "long_text", max_length=LONGEST["help"], width="half"),
)
_PLACED = (
    Field("width", N_("Width on a desk"), "choices", options=WIDTHS, default="full", required=True),
    Field("section_zh", N_("Heading above it, in Chinese"), "text", max_length=LONGEST["section"], width="half"),
    Field("section_en", N_("Heading above it, in English"), "text", max_length=LONGEST["section"], width="half"),
)
_REQUIRED = Field("required", N_("It must be answered"), "boolean")
_LENGTHS = (
    Field("min_length", N_("Characters at least"), "integer", minimum=0, maximum=5000, width="half"),
    Field("max_length", N_("Characters at most"), "integer", minimum=1, maximum=5000, width="half"),
)
_LINES = LONGEST_PHRASE * MOST_PHRASES
_ONE_A_LINE = N_("One a line; one click puts it into the field.")
_PHRASES = (
    Field(
        "phrases_zh", N_("Common phrases in Chinese"), "long_text", help=_ONE_A_LINE, max_length=_LINES, width="half"
    ),
    Field(
        "phrases_en", N_("Common phrases in English"), "long_text", help=_ONE_A_LINE, max_length=_LINES, width="half"
    ),
)
_NUMBERS = (
    Field("minimum", N_("At least"), "number", width="half"),
    Field("maximum", N_("At most"), "number", width="half"),
)
_COUNTS = (
    Field("min_count", N_("Files at least"), "integer", minimum=1, maximum=20, width="half"),
    Field("max_count", N_("Files at most"), "integer", minimum=1, maximum=20, width="half"),
)
_OF_KIND: dict[str, tuple[Field, ...]] = {
    "text": (Field("format", N_("Written as"), "choices", options=FORMATS), *_LENGTHS, *_PHRASES),
    "long_text": (*_LENGTHS, *_PHRASES),
    "integer": _NUMBERS,
    "number": _NUMBERS,
    "photos": _COUNTS,
    "documents": _COUNTS,
}
_SPELT = ("label", "help", "section")
_EDITED = frozenset(
    {*_SPELT, "required", "width", "format", "min_length", "max_length", "phrases", "minimum", "maximum", "min_count",
     "max_count", "options", "visible_when", "required_when"}
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One choice as it stands on the page; an empty ``value`` is made from the label."""

    value: str = ""
    zh: str = ""
    en: str = ""


def form_of(question: Question) -> Form:
    """What can be said about a question, besides its choices and rules."""
    fields = (*_SAID, _REQUIRED, *_OF_KIND.get(question["kind"], ()), *_PLACED)
    return Form("question", 1, N_("Question"), N_("Keep this"), fields)


def initial(question: Question) -> dict[str, Any]:
    """What stands on the page at first."""
    texts = {f"{key}_{language}": text(question.get(key), language) for key in _SPELT for language in BOTH}
    for language in BOTH:
        texts[f"phrases_{language}"] = "\n".join(text(one, language) for one in question.get("phrases", ()))
    return {key: value for key, value in question.items() if key in _EDITED} | texts


def told(question: Question, values: Mapping[str, Any], typed: MultiDict[str, str]) -> Question:
    """The question as it was told, for the draft. Raises Invalid for a rule that cannot be read."""
    kept = {key: value for key, value in question.items() if key not in _EDITED}
    said = {key: spelt(values, key) for key in _SPELT}
    now = kept | {key: text for key, text in said.items() if any(text.values())}
    now |= {key: value for key, value in values.items() if key in _EDITED and value not in (None, "", False)}
    if "phrases_zh" in values:
        now["phrases"] = _lines(values)
    if question.get("options"):
        now["options"] = _options(typed)
    for name in ("visible", "required"):
        rule = form_rules.read(name, typed)
        now |= {f"{name}_when": rule} if rule is not None else {}
    return now


def spelt(values: Mapping[str, Any], key: str) -> dict[str, str]:
    """A text in both languages."""
    return {language: values[f"{key}_{language}"].strip() for language in BOTH}


def choices(question: Question, typed: MultiDict[str, str] | None) -> Sequence[Choice] | None:
    """The choices of a question, with some more to fill in; None where it has none of its own."""
    options = question.get("options")
    if not options:
        return None
    rows = [Choice(one["value"], *(text(one["label"], language) for language in BOTH)) for one in options]
    if typed is not None:
        rows = [one for one in _typed_choices(typed) if one != Choice()]
    return [*rows, *[Choice()] * min(SPARE_CHOICES, MOST_OPTIONS - len(rows))]


def _typed_choices(typed: MultiDict[str, str]) -> list[Choice]:
    columns = (typed.getlist(f"option_{part}") for part in ("value", *BOTH))
    return [Choice(*(text.strip() for text in row)) for row in zip_longest(*columns, fillvalue="")]


def _options(typed: MultiDict[str, str]) -> list[dict[str, Any]]:
    """Choices without a label are taken out; new ones get a value that no other has."""
    named = [one for one in _typed_choices(typed) if one.zh or one.en]
    taken = {one.value for one in named}
    found = []
    for one in named:
        value = one.value or _free_value(one, taken)
        taken.add(value)
        found.append({"value": value, "label": {"zh": one.zh, "en": one.en}})
    return found


def _free_value(choice: Choice, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", (choice.en or pinyin.letters(choice.zh)).lower()).strip("_")[:30] or "choice"
    numbered = (f"{base}_{number}" for number in range(2, len(taken) + 3))
    return next(value for value in (base, *numbered) if value not in taken)


def _lines(values: Mapping[str, Any]) -> list[dict[str, str]]:
    both = zip_longest(*(values[f"phrases_{language}"].split("\n") for language in BOTH), fillvalue="")
    return [{"zh": zh.strip(), "en": en.strip()} for zh, en in both if zh.strip() or en.strip()]


def text(entry: Any, language: str) -> str:
    """One language of a text of a form."""
    return str(entry.get(language, "")) if isinstance(entry, dict) else str(entry or "")
