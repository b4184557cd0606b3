"""Cells of decision tables: unary tests of S-FEEL (DMN 1.3, 9.2), read by a small reader of our own.

    -               anything            "A", "B"    one of these        >= 3    from three on
    not("A", "B")   none of these       [1..5]      one to five         (1..5]  more than one, up to five

There are no names, calls or sums in them, so that whatever is typed can only be compared, never run. People may leave
the quotation marks out, and type those of Chinese; ``tidy`` puts the customary ones in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.decisions.vocabulary import Input, Value
from engine.kit.cells import NO, YES, Refused, words_for
from engine.kit.facts import FactKind
from engine.kit.i18n import N_

MOST_CHARACTERS = 400
MOST_PARTS = 50
MOST_DIGITS = 12
ANYTHING = frozenset({"", "-", "–", "—", "－"})
_TOKEN = re.compile(
    r"\s*(?:"
    r"""(?P<text>"[^"\\]*"|“[^”\\]*”|'[^'\\]*')"""
    r"|(?P<number>-?\d+(?:\.\d+)?(?!\w))"
    r"|(?P<word>\w[\w'-]*(?: \w[\w'-]*)*)"
    r"|(?P<sign><=|>=|\.\.|[<>=≤≥\[\](),，、；;（）])"
    r")\s*"
)
_SAME = {"，": ",", "、": ",", "；": ",", ";": ",", "≤": "<=", "≥": ">=", "（": "(", "）": ")"}
_COMPARED = {"<", "<=", ">", ">=", "="}

Token = tuple[str, str]


@dataclass(frozen=True)
class Part:
    """Values from ``low`` to ``high``; None is no bound on that side."""

    low: Value | None
    high: Value | None
    low_open: bool = False
    high_open: bool = False

    def holds(self, value: Value) -> bool:
        """Whether ``value`` lies in it."""
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):  # type: ignore[operator]
            return False
        return self.high is None or value < self.high or (value == self.high and not self.high_open)  # type: ignore[operator]


@dataclass(frozen=True)
class Test:
    """What one cell asks: the value lies in one of the parts, or, where ``is_not``, in none of them."""

    __test__ = False
    """It is no test of ours, whatever its name makes pytest think."""

    parts: tuple[Part, ...]
    is_not: bool = False

    def holds(self, value: Value) -> bool:
        """Whether ``value`` passes."""
        return any(part.holds(value) for part in self.parts) != self.is_not

    @property
    def is_any(self) -> bool:
        """Whether everything passes."""
        return self.is_not and not self.parts


ANY = Test((), is_not=True)


@lru_cache(maxsize=8192)
def _read(text: str, kind: FactKind, values: tuple[str, ...], spoken: tuple[tuple[str, str], ...]) -> Test:
    return _Reader(_tokens(text), kind, values, dict(spoken)).cell()


def read(text: str, asked: Input) -> Test:
    """What a cell asks of the fact ``asked``.

    Raises Refused with what is wrong.
    """
    text = text.strip()
    if text in ANYTHING:
        return ANY
    if len(text) > MOST_CHARACTERS:
        raise Refused(N_("At most %(most)s characters."), most=MOST_CHARACTERS)
    return _read(text, asked.kind, tuple(asked.values), _spoken(asked))


def tidy(text: str, asked: Input) -> str:
    """The cell in its customary form; as it was typed where it cannot be read."""
    try:
        return written(read(text, asked))
    except Refused:
        return text.strip()


def written(test: Test) -> str:
    """A test as the text of a cell, as DMN writes it."""
    if test.is_any:
        return "-"
    inside = ", ".join(_part(part) for part in test.parts)
    return f"not({inside})" if test.is_not else inside


def value(text: str, asked: Input) -> Value:
    """One value of a fact, as a test case gives it; what is left empty is not known. Raises Refused."""
    text = text.strip()
    if not text:
        return unknown(asked)
    found = read(text, asked)
    if len(found.parts) != 1 or found.is_not or found.parts[0].low != found.parts[0].high:
        raise Refused(N_("One value is needed here."))
    only = found.parts[0].low
    return only if only is not None else ""


def unknown(asked: Input) -> Value:
    """What stands for a fact that is not known."""
    if asked.kind is FactKind.text:
        return ""
    return False if asked.kind is FactKind.truth else 0


def literal(one: Value) -> str:
    """A value as DMN writes it."""
    if isinstance(one, bool):
        return "true" if one else "false"
    if isinstance(one, str):
        return f'"{one}"'
    return f"{one:g}" if isinstance(one, float) else str(one)


def _part(part: Part) -> str:
    if part.low is None or part.high is None:
        bound, sign = (part.high, "<") if part.low is None else (part.low, ">")
        is_open = part.high_open if part.low is None else part.low_open
        return f"{sign}{'' if is_open else '='} {literal(bound)}" if bound is not None else "-"
    if part.low == part.high:
        return literal(part.low)
    ends = "(" if part.low_open else "[", ")" if part.high_open else "]"
    return f"{ends[0]}{literal(part.low)}..{literal(part.high)}{ends[1]}"


def _spoken(asked: Input) -> tuple[tuple[str, str], ...]:
    """What people may write for the values of a fact: their labels in each language."""
    return tuple((word, name) for name, label in asked.values.items() for word in sorted(words_for(name, label)))


def _tokens(text: str) -> Iterator[Token]:
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise Refused(N_("This is not understood from here: %(rest)s"), rest=text[place : place + 20])
        kind = str(match.lastgroup)
        found = match[kind]
        yield kind, found[1:-1] if kind == "text" else _SAME.get(found, found)
        place = match.end()
    yield "end", ""


class _Reader:
    """Reads the tokens of one cell. It goes forward only, and calls nothing twice: its work is that of the length."""

    def __init__(
        self, tokens: Iterator[Token], kind: FactKind, values: tuple[str, ...], spoken: dict[str, str]
    ) -> None:
        self._tokens, self._kind, self._values, self._spoken = tokens, kind, values, spoken
        self._here, self._next = next(tokens), next(tokens, ("end", ""))

    def cell(self) -> Test:
        is_not = self._here == ("word", "not") and self._next == ("sign", "(")
        if is_not:
            self._take()
            self._take()
        parts = [self._part()]
        while self._here == ("sign", ","):
            self._take()
            parts.append(self._part())
            if len(parts) > MOST_PARTS:
                raise Refused(N_("At most %(most)s values stand in one cell."), most=MOST_PARTS)
        if is_not:
            self._expect(")")
        if self._here[0] != "end":
            raise Refused(N_("This is not understood from here: %(rest)s"), rest=self._here[1][:20])
        return Test(tuple(parts), is_not)

    def _part(self) -> Part:
        kind, found = self._here
        if kind == "sign" and found in _COMPARED:
            self._take()
            return self._compared(found)
        if kind == "sign" and found in {"[", "]", "("}:
            self._take()
            return self._range(is_open=found != "[")
        one = self._value()
        return Part(one, one)

    def _compared(self, sign: str) -> Part:
        bound = self._bound(self._value())
        if sign == "=":
            return Part(bound, bound)
        is_open = len(sign) == 1
        return Part(None, bound, high_open=is_open) if sign[0] == "<" else Part(bound, None, low_open=is_open)

    def _range(self, *, is_open: bool) -> Part:
        low = self._bound(self._value())
        self._expect("..")
        high = self._bound(self._value())
        kind, found = self._take()
        if kind != "sign" or found not in {"]", ")", "["}:
            raise Refused(N_("A range ends with ] or )."))
        if high <= low:  # type: ignore[operator]
            raise Refused(N_("A range goes from the smaller to the larger value."))
        return Part(low, high, is_open, found != "]")

    def _bound(self, one: Value) -> Value:
        if isinstance(one, bool) or self._values:
            raise Refused(N_("Its values have no order: please list them."))
        return one

    def _value(self) -> Value:
        kind, found = self._take()
        if kind in {"sign", "end"}:
            raise Refused(N_("A value is missing."))
        if self._kind is FactKind.text:
            return self._text(found)
        if self._kind is FactKind.truth:
            return self._truth(found)
        return self._number(kind, found)

    def _text(self, found: str) -> str:
        if not self._values:
            return found
        name = found if found in self._values else self._spoken.get(found.lower())
        if name is None:
            raise Refused(N_("%(word)s is not known."), word=found[:40])
        return name

    def _truth(self, found: str) -> bool:
        if found.lower() in YES - {"1", "有", "√"}:
            return True
        if found.lower() in NO - {"0", "无", "×"}:
            return False
        raise Refused(N_("Please write true or false."))

    def _number(self, kind: str, found: str) -> Value:
        if kind != "number" or len(found) > MOST_DIGITS:
            raise Refused(N_("A number is needed."))
        if "." not in found:
            return int(found)
        if self._kind is FactKind.whole:
            raise Refused(N_("A whole number is needed."))
        return float(found)

    def _expect(self, sign: str) -> None:
        if self._take() != ("sign", sign):
            raise Refused(N_("%(sign)s is missing."), sign=sign)

    def _take(self) -> Token:
        taken = self._here
        self._here, self._next = self._next, next(self._tokens, ("end", ""))
        return taken
