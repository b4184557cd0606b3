"""Is a form's file right? Findings name the field and say in a sentence what is wrong."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.forms.definition import COMPARISONS, FORMATS, Field
from engine.forms.kinds import CHOSEN, KINDS
from engine.forms.measures import MOST_FIELDS, too_long
from engine.kit.i18n import N_

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
FORM_KEYS = frozenset({"name", "version", "title", "submit", "help", "fields"})
FIELD_KEYS = frozenset(part.name for part in dataclasses.fields(Field))
WIDTHS = frozenset({"full", "half"})
_NUMBERS = ("minimum", "maximum", "min_length", "max_length", "min_count", "max_count")


@dataclass(frozen=True)
class Finding:
    """Something wrong: the field's name ("" for the form itself) and a sentence with ``%(name)s`` places."""

    field: str
    text: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        sentence = self.text % self.params if self.params else self.text
        return f"{self.field}: {sentence}" if self.field else sentence


def check(entry: Any) -> list[Finding]:
    """Everything wrong with the content of a form's file; an empty list when it may be used."""
    if not isinstance(entry, dict):
        return [Finding("", N_("A form is an object with name, version, title, submit and fields."))]
    findings = list(_form(entry))
    return findings or [finding for item in entry["fields"] for finding in _field(item, entry["fields"])]


def _form(entry: Mapping[str, Any]) -> Iterator[Finding]:
    for key in sorted(set(entry) - FORM_KEYS):
        yield Finding("", N_("%(key)s is not known here."), {"key": key})
    if not isinstance(entry.get("name"), str) or not entry["name"].strip():
        yield Finding("", N_("%(key)s is missing."), {"key": "name"})
    for key in ("title", "submit"):
        if not _is_said(entry.get(key)):
            yield Finding("", N_("%(key)s is missing."), {"key": key})
    if not _has_shape("help", entry.get("help", "")):
        yield Finding("", N_("%(key)s is not written as it should be."), {"key": "help"})
    if not isinstance(entry.get("version"), int):
        yield Finding("", N_("version must be a whole number."))
    items = entry.get("fields")
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        yield Finding("", N_("fields must be a list of at least one field."))
        return
    if len(items) > MOST_FIELDS:
        yield Finding("", N_("A form asks at most %(most)s questions."), {"most": MOST_FIELDS})
    names = [item.get("name") for item in items]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield Finding(name, N_("There are two fields of this name."))
    yield from _lengths("", entry)


def _field(item: Mapping[str, Any], all_items: list[Mapping[str, Any]]) -> Iterator[Finding]:
    name = str(item.get("name", ""))
    if not NAME.fullmatch(name):
        yield Finding(name, N_("A field's name begins with a letter and holds small letters, digits and underscores."))
    for key in sorted(set(item) - FIELD_KEYS):
        yield Finding(name, N_("%(key)s is not known here."), {"key": key})
    if not _is_said(item.get("label")):
        yield Finding(name, N_("%(key)s is missing."), {"key": "label"})
    kind = item.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        yield Finding(name, N_("There is no kind of field called %(kind)s."), {"kind": kind})
        return
    shapeless = sorted(key for key, value in item.items() if not _has_shape(key, value))
    if shapeless:
        yield from (Finding(name, N_("%(key)s is not written as it should be."), {"key": key}) for key in shapeless)
        return
    if item.get("format") is not None and item["format"] not in FORMATS:
        yield Finding(name, N_("There is no format called %(format)s."), {"format": item["format"]})
    if item.get("width", "full") not in WIDTHS:
        yield Finding(name, N_("%(key)s is not known here."), {"key": item["width"]})
    yield from _lengths(name, item)
    yield from _bounds(name, item)
    yield from _options(name, item)
    for key in ("visible_when", "required_when"):
        if key in item:
            yield from _rule(name, item[key], all_items)


def _has_shape(key: str, value: Any) -> bool:
    """Is it of the type that is read? A file that was edited by hand may hold anything."""
    if key == "options":
        return isinstance(value, list) and all(isinstance(one, dict) for one in value)
    if key == "phrases":
        return isinstance(value, list) and all(_is_said(one) for one in value)
    if key in {"help", "section"}:
        return value == "" or _is_said(value)
    if key in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if key in {"options_from", "format", "default", "width"}:
        return isinstance(value, str)
    return key != "required" or isinstance(value, bool)


def _lengths(name: str, item: Mapping[str, Any]) -> Iterator[Finding]:
    for key, most in too_long(item):
        yield Finding(name, N_("%(key)s is too long: at most %(most)s."), {"key": key, "most": most})


def _bounds(name: str, item: Mapping[str, Any]) -> Iterator[Finding]:
    for least, most in (("minimum", "maximum"), ("min_length", "max_length"), ("min_count", "max_count")):
        if item.get(least) is not None and item.get(most) is not None and item[least] > item[most]:
            yield Finding(name, N_("The least allowed is more than the most."))


def _options(name: str, item: Mapping[str, Any]) -> Iterator[Finding]:
    options, source = item.get("options"), item.get("options_from")
    if item["kind"] not in CHOSEN:
        if options or source:
            yield Finding(name, N_("Only a field that is answered by choosing has options."))
        return
    if bool(options) == bool(source):
        yield Finding(name, N_("Either options or options_from is needed."))
    values = [option.get("value") for option in options or ()]
    if not all(isinstance(value, str) and value for value in values) or len(set(values)) < len(values):
        yield Finding(name, N_("Every option needs a value of its own."))
    if not all(_is_said(option.get("label")) for option in options or ()):
        yield Finding(name, N_("Every option needs a label."))
    if options and item.get("default") and item["default"] not in values:
        yield Finding(name, N_("The default is not among the options."))


def _rule(name: str, entry: Any, items: list[Mapping[str, Any]]) -> Iterator[Finding]:
    joined = entry.get("all", entry.get("any")) if isinstance(entry, dict) and len(entry) == 1 else None
    for one in joined if isinstance(joined, list) and joined else [entry]:
        yield from _circumstance(name, one, items)


def _circumstance(name: str, entry: Any, items: list[Mapping[str, Any]]) -> Iterator[Finding]:
    if not _is_circumstance(entry):
        yield Finding(name, N_('A circumstance is written {"field": "…", "is": ["…"]}.'))
        return
    field = entry["field"]
    other = next((item for item in items if item.get("name") == field), None)
    if other is None or field == name:
        yield Finding(name, N_("It depends on %(field)s, which is not another field of this form."), {"field": field})
        return
    offered = {option.get("value") for option in other.get("options", ())}
    for answer in [*entry.get("is", ()), *entry.get("is_not", ())]:
        if offered and answer not in offered:
            yield Finding(name, N_("%(answer)s is not an option of %(field)s."), {"answer": answer, "field": field})


def _is_circumstance(entry: Any) -> bool:
    if not isinstance(entry, dict) or len(entry) != 2 or not isinstance(entry.get("field"), str):
        return False
    comparison, told = next((key, told) for key, told in entry.items() if key != "field")
    if comparison in {"is", "is_not"}:
        return isinstance(told, list)
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    return is_number if comparison in {"at_least", "at_most"} else comparison in COMPARISONS and told is True


def _is_said(text: Any) -> bool:
    """Are there words: an English msgid, or a text in at least one of both languages?"""
    if isinstance(text, dict):
        said = all(isinstance(one, str) for one in text.values())
        return said and set(text) <= {"zh", "en"} and any(one.strip() for one in text.values())
    return isinstance(text, str) and bool(text.strip())
