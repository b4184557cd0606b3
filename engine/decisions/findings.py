"""What the check of a table finds: a sentence, and the place it is about."""

from dataclasses import dataclass, field
from typing import Any

from engine.kit.i18n import translate

NOTE = "note"
OUTPUT = "output"
EXPECTED = "expected"
"""Places in a row besides its inputs, which have their own names."""


@dataclass(frozen=True)
class Finding:
    """``text`` is a msgid. ``row`` is the number of a row, ``example`` that of a test case, both from 1 on."""

    text: str
    params: dict[str, Any] = field(default_factory=dict)
    row: int | None = None
    example: int | None = None
    place: str = ""
    is_error: bool = True
    """Without: it can be put in force, once somebody has read this."""

    def told(self, locale: str) -> str:
        """The sentence in ``locale``; msgids among the params are translated too."""
        return translate(self.text, locale, **{name: _told(value, locale) for name, value in self.params.items()})


def _told(value: Any, locale: str) -> Any:
    if isinstance(value, str):
        return translate(value, locale)
    if isinstance(value, list):
        # Facts: what each is called, and the cell that tells of it.
        return "; ".join(f"{translate(label, locale)}: {cell}" for label, cell in value)
    return value
