"""How the answer to each kind of question becomes a value: one marshmallow field a kind."""

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, fields

from engine.forms.definition import FORMATS, TICKED, Field, Option
from engine.kit.errors import FieldError
from engine.kit.i18n import N_

LONGEST = {"text": 500, "long_text": 5_000}
"""Characters at most, where a form's file names no limit of its own."""

CITY = ZoneInfo("Asia/Shanghai")
"""Zone of a date that was typed without one, unless the caller names the city's own."""


class Point(NamedTuple):
    """A place in CGCS2000 degrees."""

    lng: float
    lat: float


def refuse(text: str, **params: Any) -> ValidationError:
    """An error that carries a sentence with places, ready to be translated."""
    return ValidationError([FieldError(text, params)])


class Answer(fields.Field):  # type: ignore[type-arg]
    """A question of a form. ``empty`` is its value when nothing was answered."""

    empty: Any = None

    def __init__(self, question: Field, options: Sequence[Option] | None = None, zone: ZoneInfo = CITY) -> None:
        super().__init__(required=False, allow_none=True)
        self.question, self.zone = question, zone
        self.allowed = None if options is None else {option.value for option in options}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        """``value`` is the list of what was sent; answers of one word take the last."""
        sent = [tidy(item, self.question) for item in value]
        return self.read([item for item in sent if item not in {"", None}])

    def read(self, sent: list[str]) -> Any:
        """The value of what was sent; nothing sent never comes here as a wrong value, only as an empty one."""
        return self.one(sent[-1]) if sent else self.empty

    def one(self, text: str) -> Any:
        """The value of one text that is not empty."""
        raise NotImplementedError

    def must_be_offered(self, text: str) -> str:
        """``text``, if it is among the choices."""
        if self.allowed is not None and text not in self.allowed:
            raise refuse(N_("Please choose one of the offered values."))
        return text


class Text(Answer):
    """Words; control characters are gone, the length is bounded in any case."""

    empty = ""

    def one(self, text: str) -> str:
        """``text`` itself, if its length and format are right."""
        question = self.question
        longest = question.max_length or LONGEST[question.kind]
        if len(text) > longest:
            raise refuse(N_("Please use at most %(longest)s characters."), longest=longest)
        if question.min_length and len(text) < question.min_length:
            raise refuse(N_("Please use at least %(shortest)s characters."), shortest=question.min_length)
        return self.formatted(text) if question.format else text

    def formatted(self, text: str) -> str:
        """``text`` with full-width digits made plain, if it has the format that the form names."""
        pattern, wrong = FORMATS[self.question.format or ""]
        plain = unicodedata.normalize("NFKC", text)
        if not re.fullmatch(pattern, plain):
            raise refuse(wrong)
        return plain


class Number(Answer):
    """A finite number within its bounds."""

    wrong = N_("Please enter a number.")

    def one(self, text: str) -> float | int:
        """The number, if it lies within the bounds of the question."""
        try:
            number = self.convert(unicodedata.normalize("NFKC", text).replace("_", "?"))
        except ValueError as error:
            raise refuse(self.wrong) from error
        question = self.question
        if question.minimum is not None and number < question.minimum:
            raise refuse(N_("Please enter at least %(least)s."), least=f"{question.minimum:g}")
        if question.maximum is not None and number > question.maximum:
            raise refuse(N_("Please enter at most %(most)s."), most=f"{question.maximum:g}")
        return number

    def convert(self, text: str) -> float | int:
        """The number that ``text`` writes; ValueError where it writes none."""
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
        return number


class Integer(Number):
    """A whole number that a database column holds."""

    wrong = N_("Please enter a whole number.")

    def convert(self, text: str) -> int:
        """The whole number that ``text`` writes; ValueError where it writes none."""
        number = int(text)
        if abs(number) >= 2**63:
            raise ValueError(text)
        return number


class Choice(Answer):
    """One of the offered values."""

    def one(self, text: str) -> str:
        """The chosen value."""
        return self.must_be_offered(text)


class Multi(Answer):
    """Any of the offered values, each once, in the order of sending."""

    def read(self, sent: list[str]) -> list[str]:
        """The chosen values."""
        return [self.must_be_offered(text) for text in dict.fromkeys(sent)]


class Boolean(Answer):
    """A box: ticked or not."""

    empty = False

    def one(self, text: str) -> bool:
        """Was it ticked?"""
        return text.lower() in TICKED


class Moment(Answer):
    """A date and time; without a zone it is the city's wall clock."""

    def one(self, text: str) -> datetime:
        """The aware moment that ``text`` writes in ISO 8601."""
        try:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
            # The last hours of the year 9999 in the west are no moment in UTC, nor the first of the year 1 in the east.
            for zone in (UTC, self.zone):
                moment.astimezone(zone)
        except (ValueError, OverflowError) as error:
            raise refuse(N_("Please enter a date and time, for example 2026-03-02 09:30.")) from error
        return moment


class Day(Answer):
    """A date of the calendar."""

    def one(self, text: str) -> date:
        """The day that ``text`` writes in ISO 8601."""
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise refuse(N_("Please enter a date, for example 2026-03-02.")) from error


class Place(Answer):
    """A point on the map, sent as "longitude,latitude"."""

    def one(self, text: str) -> Point:
        """The place, if it is on the earth."""
        try:
            lng, lat = (float(part) for part in unicodedata.normalize("NFKC", text).split(","))
        except ValueError as error:
            raise refuse(N_("Please enter longitude and latitude, for example 116.397,39.908.")) from error
        if not (-180 <= lng <= 180 and -90 <= lat <= 90):
            raise refuse(N_("Longitude goes from -180 to 180, latitude from -90 to 90."))
        return Point(lng, lat)


class RowId(Answer):
    """The number of a row that was chosen: a department, a category, a person …"""

    def one(self, text: str) -> int:
        """The row's number."""
        self.must_be_offered(text)
        if not re.fullmatch(r"[0-9]{1,18}", text):
            raise refuse(N_("Please choose one of the offered values."))
        return int(text)


class Files(Answer):
    """Files as the edge received them; only their number is judged here, what is in them by ``attachments``."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        # A browser sends an empty part where no file was chosen; it counts as false.
        given = [item for item in value if item]
        question = self.question
        if question.max_count is not None and len(given) > question.max_count:
            raise refuse(N_("Please choose at most %(most)s files."), most=question.max_count)
        if given and question.min_count is not None and len(given) < question.min_count:
            raise refuse(N_("Please choose at least %(least)s files."), least=question.min_count)
        return given


KINDS: dict[str, type[Answer]] = {
    "text": Text, "long_text": Text, "integer": Integer, "number": Number, "choice": Choice, "choices": Choice,
    "multi": Multi, "boolean": Boolean, "datetime": Moment, "date": Day, "point": Place,
    "photos": Files, "documents": Files,
    "category": RowId, "condition": RowId, "department": RowId, "person": RowId, "component": RowId,
}  # fmt: skip

LISTS = frozenset({"multi", "photos", "documents"})
"""Kinds whose value is a list; nothing answered is an empty one."""

CHOSEN = frozenset({"choice", "choices", "multi", "category", "condition", "department", "person", "component"})
"""Kinds that are answered by choosing among options."""


def empty(kind: str) -> Any:
    """The value of a question of ``kind`` that was not answered, or not asked."""
    return [] if kind in LISTS else KINDS[kind].empty


def tidy(item: Any, question: Field) -> str:
    """What was typed without the characters that nobody can see; only a long text keeps its lines.

    Raises ValidationError for NUL, which PostgreSQL cannot store and no keyboard types, and for what is no text at all.
    """
    if item is None:
        return ""
    if not isinstance(item, str | int | float):
        raise refuse(N_("This cannot be read as text."))
    text = str(item)
    if "\0" in text:
        raise refuse(N_("This holds a character that cannot be stored."))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "\n\t" if question.kind == "long_text" else ""
    visible = (char if char in kept or not _is_control(char) else " " if char in "\n\t" else "" for char in text)
    return "".join(visible).strip()


def _is_control(char: str) -> bool:
    """Control characters, lone surrogates, and the marks that turn the direction of writing around."""
    return unicodedata.category(char) in {"Cc", "Cs"} or "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"
