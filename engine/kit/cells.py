"""One cell of a table that people fill in: what its column asks for, and how its value is read or refused."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from engine.kit.i18n import DEFAULT_LOCALE, LOCALES, N_, translate

CODE_BY_NUMBER_CAP = 10**15
"""Above 15 digits Excel has already rounded a number."""
SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
YES = {"1", "y", "yes", "true", "是", "有", "√"}
NO = {"0", "n", "no", "false", "否", "无", "×"}


@dataclass(frozen=True)
class Column:
    """A column: ``heading`` and the values of ``choices`` are English msgids; ``lengths`` those a code may have."""

    name: str
    heading: str
    kind: Literal["text", "code", "number", "integer", "yes_no", "date", "choice"] = "text"
    required: bool = False
    most: int = 200
    lengths: tuple[int, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    width: int = 14


@dataclass
class Cell:
    """What a file holds in one cell."""

    value: Any
    is_formula: bool = False
    is_error: bool = False


def words_for(name: str, label: str) -> set[str]:
    """What people may write for ``name``: its code, its English label, the label in any language."""
    return {name.lower(), label.lower(), *(translate(label, locale).lower() for locale in LOCALES)}


def shown(column: Column, value: Any, locale: str) -> Any:
    """``value`` as it is written into a file for people who read ``locale``."""
    if value is None:
        return None
    if column.kind == "yes_no":
        return translate(N_("yes") if value else N_("no"), locale)
    if column.kind == "choice":
        return translate(column.choices.get(value, str(value)), locale)
    if column.kind == "date":
        return value.isoformat()
    return value if column.kind in {"number", "integer"} else str(value)


class Refused(Exception):
    """A cell that cannot be read; ``text`` is a msgid."""

    def __init__(self, text: str, **params: Any) -> None:
        self.text, self.params = text, params
        super().__init__(text)


def value_of(column: Column, cell: Cell) -> Any:
    """The value of a cell as its column wants it, None where it is empty.

    Raises Refused.
    """
    if cell.is_formula:
        raise Refused(N_("A formula stands here; please enter its value."))
    if cell.is_error:
        raise Refused(N_("Excel shows an error here."))
    value = cell.value.strip() if isinstance(cell.value, str) else cell.value
    if value in (None, ""):
        if column.required:
            raise Refused(N_("This is needed."))
        return None
    return _READERS[column.kind](column, value)


def _text(column: Column, value: Any) -> str:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if len(text) > column.most:
        raise Refused(N_("At most %(most)s characters."), most=column.most)
    return text


def _code(column: Column, value: Any) -> str:
    if isinstance(value, bool | datetime | date):
        raise Refused(N_("This is not a code."))
    if isinstance(value, int | float):
        return _code_of_number(column, value)
    text = str(value).removeprefix("'")
    if SCIENTIFIC.fullmatch(text):
        raise Refused(N_("The code was turned into a number in scientific notation; please enter it as text."))
    if column.lengths and len(text) not in column.lengths:
        lengths = "/".join(str(length) for length in column.lengths)
        raise Refused(N_("A code of %(lengths)s characters is needed."), lengths=lengths)
    return _text(column, text)


def _code_of_number(column: Column, value: float) -> str:
    if value >= CODE_BY_NUMBER_CAP or value != int(value):
        raise Refused(N_("The code was turned into a number in scientific notation; please enter it as text."))
    text = str(int(value))
    if column.lengths and len(text) not in column.lengths:
        raise Refused(N_("The code was turned into a number, so leading zeros may be lost; please enter it as text."))
    return text


def _number(_column: Column, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise Refused(N_("A number is needed.")) from error
    if not math.isfinite(number) or isinstance(value, bool):
        raise Refused(N_("A number is needed."))
    return number


def _integer(column: Column, value: Any) -> int:
    number = _number(column, value)
    if not number.is_integer():
        raise Refused(N_("A whole number is needed."))
    return int(number)


def _yes_no(_column: Column, value: Any) -> bool:
    word = str(value).strip().lower()
    if word in YES | words_for("yes", "yes"):
        return True
    if word in NO | words_for("no", "no"):
        return False
    raise Refused(N_("Yes or no is needed."))


def _date(_column: Column, value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    digits = re.sub(r"[-/.年月]", "-", str(value)).rstrip("日-")
    for pattern in ("%Y-%m-%d", "%Y%m%d"):
        try:
            return datetime.strptime(digits, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Refused(N_("A date such as 2026-03-02 is needed."))


def _choice(column: Column, value: Any) -> str:
    word = str(value).strip().lower()
    for code, label in column.choices.items():
        if word in words_for(code, label):
            return code
    allowed = "、".join(translate(label, DEFAULT_LOCALE) for label in column.choices.values())
    raise Refused(N_("One of these is needed: %(allowed)s"), allowed=allowed)


_READERS = {
    "text": _text,
    "code": _code,
    "number": _number,
    "integer": _integer,
    "yes_no": _yes_no,
    "date": _date,
    "choice": _choice,
}
