"""What is wrong with an uploaded drawing, with the element and a sentence in the reader's language."""

from dataclasses import dataclass, field
from typing import Any

from engine.kit.errors import Invalid
from engine.process import specs


@dataclass(frozen=True)
class Finding:
    """``text`` is an English msgid with ``%(name)s`` places."""

    element_id: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)


def check(source: bytes | str) -> list[Finding]:
    """Everything that keeps a drawing from going live; empty where nothing does."""
    try:
        specs.parse(source)
    except Invalid as error:
        return [Finding("drawing", each.text, each.params) for found in error.fields.values() for each in found] or [
            Finding("drawing", error.message_id, error.params)]  # fmt: skip
    return []
