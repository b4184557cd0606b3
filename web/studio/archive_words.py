"""What an archive tells, in the reader's words: codes among titles and lines are translated, data is shown as it is."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from engine.decisions import vocabulary
from engine.settings import declarations
from engine.studio.parts import registry
from engine.studio.parts.part import PIECE
from web.admin import wording


def words_of(part: str) -> dict[str, str]:
    """English msgids of the codes of one part."""
    own = dict(registry.find(part).words)
    if part == "settings":
        return own | {one.name: one.label for one in declarations.declared()}
    if part == "ladder":
        return own | wording.CLOCKS | wording.UNITS | wording.BASES | wording.RUNG_ACTIONS
    if part == "tables":
        decisions = [vocabulary.get(name) for name in vocabulary.names()]
        facts = {asked.name: asked.label for one in decisions for asked in one.inputs}
        return own | facts | {one.name: one.label for one in decisions}
    return own


def told(text: str | None, words: Mapping[str, str]) -> str:
    """A title or a line, piece by piece."""
    pieces = (text or "").split(PIECE)
    return PIECE.join(_(words[piece]) if piece in words else piece for piece in pieces)


def sentence(text: str, params: Mapping[str, Any]) -> str:
    """A problem as a sentence; a reason among its places is a msgid itself."""
    return _(text, **{name: _(value) if value and isinstance(value, str) else value for name, value in params.items()})
