"""Drawings as people bring them, made into ours as far as they can be honoured: what was translated, what was lost."""

from dataclasses import dataclass

from engine.process import translating
from engine.process.finding import Finding


@dataclass(frozen=True)
class Imported:
    """``xml`` is the drawing as it may be drawn on and published."""

    xml: str
    notes: tuple[Finding, ...] = ()
    losses: tuple[Finding, ...] = ()


def read(source: bytes | str) -> Imported:
    """Import a file. Raises UnreadableXml."""
    return Imported(translating.translated(source))
