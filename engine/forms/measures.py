"""How much a form may hold: what a screen can show, and a person can answer."""

from collections.abc import Iterator, Mapping
from typing import Any

MOST_FIELDS = 60
MOST_OPTIONS = 100
MOST_PHRASES = 30
MOST_CIRCUMSTANCES = 6
LONGEST = {"title": 120, "submit": 60, "label": 200, "section": 120, "help": 1000}
"""Characters of each text, in each language."""
LONGEST_PHRASE = 300
LONGEST_VALUE = 80


def too_long(item: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Each part of a form or a question that is larger than allowed, with what is allowed."""
    for key, most in LONGEST.items():
        if _length(item.get(key, "")) > most:
            yield key, most
    options, phrases = item.get("options") or (), item.get("phrases") or ()
    if len(options) > MOST_OPTIONS:
        yield "options", MOST_OPTIONS
    if any(_length(one.get("label", "")) > LONGEST["label"] for one in options):
        yield "label", LONGEST["label"]
    if any(len(str(one.get("value", ""))) > LONGEST_VALUE for one in options):
        yield "value", LONGEST_VALUE
    if len(phrases) > MOST_PHRASES or any(_length(one) > LONGEST_PHRASE for one in phrases):
        yield "phrases", MOST_PHRASES


def _length(text: Any) -> int:
    return max((len(str(one)) for one in text.values()), default=0) if isinstance(text, dict) else len(str(text or ""))
