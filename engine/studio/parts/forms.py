"""Forms that were designed in the browser, as they are in force. Those that come with the program stay with it."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from engine.cases import drawn_facts
from engine.forms import catalogue, linting, published
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.studio import designing, form_publishing
from engine.studio.archive_comparing import Items, Told
from engine.studio.parts.part import PIECE, Hand, Part, Problem, refusals

VERSION = "version"
"""Counted by each city for itself."""


def _read() -> dict[str, Any]:
    published.forget()
    designed = published.entries()
    return {key: {name: value for name, value in rows[-1].entry.items() if name != VERSION}
            for key, rows in designed.items()}  # fmt: skip


def _check(items: Items, at: datetime) -> list[Problem]:  # noqa: ARG001 - as every part's
    return [problem for key, item in items.items() for problem in _problems(key, item)]


def _problems(key: str, item: Any) -> list[Problem]:
    if not isinstance(item, dict) or item.get("name") != key or VERSION in item or not _is_own(key):
        return [Problem(key, N_("This is no form that a city designs."))]
    try:
        form_publishing.check(key, _entry(item), has_read=True)
    except Invalid as refusal:
        return refusals(key, refusal)
    return []


def _is_own(key: str) -> bool:
    """A form of an act, or one of the city's own: not those of the program's other pages."""
    is_free = linting.NAME.fullmatch(key) is not None and key not in catalogue.shipped_names()
    return is_free or key in designing.OF_ACTS


def _entry(item: Mapping[str, Any]) -> dict[str, Any]:
    return {**item, VERSION: 0}


def _supposed(items: Items) -> AbstractContextManager[None]:
    return drawn_facts.supposing({key: catalogue.of(_entry(item)) for key, item in items.items()})


def _put(items: Items, hand: Hand) -> None:
    for key, item in items.items():
        form_publishing.take_over(key, _entry(item), note=hand.note, by=hand.by, at=hand.at)


def _tell(item: Mapping[str, Any]) -> Told:
    """The form's own words in a line each, and each question in one, by its name."""
    told = {name: _words(item[name]) for name in ("title", "submit", "help") if item.get(name)}
    return told | {one["name"]: PIECE.join(_pieces(one)) for one in item["fields"]}


def _pieces(question: Mapping[str, Any]) -> Iterator[str]:
    yield _words(question["label"])
    yield question["kind"]
    for name, value in sorted(question.items()):
        if name not in {"name", "label", "kind"} and value not in (None, "", [], False):
            yield name if value is True else f"{name}: {_words(value)}"


def _words(value: Any) -> str:
    """A text, in both languages where it is in both; a list or a rule as it is written."""
    if isinstance(value, dict) and set(value) <= {"zh", "en"}:
        return " / ".join(filter(None, (value.get("zh", ""), value.get("en", ""))))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(one)}" for name, one in value.items())
    return ", ".join(_words(one) for one in value) if isinstance(value, list) else str(value)


PART = Part(
    "forms",
    N_("Designed forms"),
    read=_read,
    check=_check,
    put=_put,
    tell=_tell,
    title=lambda key, item: f"{_words(item['title'])} ({key})",
    words={
        "title": N_("Title"),
        "submit": N_("What the button says"),
        "help": N_("Explanation"),
        "required": N_("required"),
    },
    suppose=_supposed,
)
