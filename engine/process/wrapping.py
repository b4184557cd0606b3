"""Names broken into lines that fit into a box of a picture, as a browser draws them nearly enough."""

import re
import unicodedata
from collections.abc import Iterator

NARROW = 0.56
"""How wide a Latin letter is on average, in parts of the letters' height; a Chinese character is as wide as high."""
HEIGHT = 1.3
"""From line to line, in the same."""
CUT = "…"
_PIECES = re.compile(r"[⺀-鿿豈-﫿、-〿＀-￯]|\s+|[^\s⺀-鿿豈-﫿、-〿＀-￯]+")


def lines(text: str, *, width: float, height: float, size: float) -> tuple[str, ...]:
    """``text`` in letters of ``size`` pixels; where it does not fit in ``width`` × ``height``, its end is cut off.

    Chinese breaks between any characters, words where spaces are; a word that is too long for a line breaks inside.
    """
    wide, most = max(width / size, 1.0), max(int(height / (size * HEIGHT)), 1)
    found = _broken(text, wide)
    if len(found) <= most:
        return tuple(_evened(text, found, wide))
    return (*found[: most - 1], _cut(found[most - 1], wide))


def is_cut(found: tuple[str, ...]) -> bool:
    """Did the end of the text find no place?"""
    return bool(found) and found[-1].endswith(CUT)


def _evened(text: str, found: list[str], wide: float) -> list[str]:
    """No more lines than needed, but of much the same length: the last one is no single character."""
    while wide > 1.5 and len(found) > 1:
        wide -= 0.5
        narrower = _broken(text, wide)
        if len(narrower) > len(found):
            break
        found = narrower
    return found


def _broken(text: str, wide: float) -> list[str]:
    return [line.strip() for line in _lines(text, wide) if line.strip()]


def _lines(text: str, wide: float) -> Iterator[str]:
    line = ""
    for piece in (part for whole in _PIECES.findall(text) for part in _parts(whole, wide)):
        if line and width_of((line + piece).rstrip()) > wide:
            yield line
            line = ""
        line += " " if piece.isspace() else piece
    yield line


def _parts(piece: str, wide: float) -> Iterator[str]:
    """A word that is wider than a line, in parts that are not."""
    part = ""
    for letter in piece:
        if part and width_of(part + letter) > wide:
            yield part
            part = ""
        part += letter
    yield part


def _cut(line: str, wide: float) -> str:
    while line and width_of(line + CUT) > wide:
        line = line[:-1]
    return line + CUT


def width_of(text: str) -> float:
    """How wide a text is, in heights of its letters."""
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WFA" else NARROW for letter in text)
