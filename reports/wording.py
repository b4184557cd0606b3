"""Words and numbers as one reader reads them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date

from engine.evaluation import periods
from engine.evaluation.dimensions import NONE
from engine.kit.i18n import N_, translate
from reports.rendering import html

KINDS = {
    "municipal": N_("Municipal departments"),
    "district": N_("District departments"),
    "street": N_("Street offices"),
    "enterprise": N_("Enterprises"),
    "center": N_("Centres"),
}
NOWHERE = {
    "department": N_("Not dispatched"),
    "region": N_("No district"),
    "street": N_("No street"),
    "category": N_("No category"),
    "subcategory": N_("No category"),
    "source": N_("Unknown source"),
    "kind": N_("No category"),
    "grid": N_("No responsibility grid"),
    "stage": N_("No stage"),
    "collector": N_("Not reported by a collector"),
}
LINES = {
    "department": N_("Department"),
    "region": N_("District"),
    "street": N_("Street"),
    "grid": N_("Responsibility grid"),
    "category": N_("Category"),
    "subcategory": N_("Subcategory"),
    "kind": N_("Component or event"),
    "source": N_("Source"),
    "stage": N_("Stage"),
    "collector": N_("Collector"),
    "day": N_("Day"),
    "week": N_("Week"),
    "calendar_month": N_("Month"),
}
"""What the lines of a table tell apart: dimensions, and parts of a period."""
NUMERALS = "零一二三四五六七八九十"


@dataclass(frozen=True)
class Wording:
    """A reader's language and clock."""

    locale: str
    zone: ZoneInfo

    @property
    def is_chinese(self) -> bool:
        """Chapters are counted 一、二 then."""
        return self.locale.startswith("zh")

    def say(self, text: str, **params: object) -> str:
        """A msgid in the reader's language."""
        return translate(text, self.locale, **params)

    def number(self, value: float | None) -> str:
        """A number with its thousands apart."""
        return html.number(value, self.locale)

    def rate(self, value: Decimal | None) -> str:
        """A rate, "92.31%", or a dash."""
        return html.percent(value)

    def ordinal(self, number: int) -> str:
        """A chapter's ordinal: 一, or 1."""
        return NUMERALS[number] if self.is_chinese and number <= 10 else str(number)

    def month(self, name: str) -> str:
        """The month "2026-10" in words."""
        return html.month(periods.first_day(name), self.locale)

    def short_month(self, name: str) -> str:
        """The month without its year: 10月, Oct."""
        return format_date(periods.first_day(name), "MMM", locale=self.locale)

    def day(self, value: date | datetime) -> str:
        """A day in words."""
        return html.day(value, self.locale, self.zone)

    def minute(self, value: datetime) -> str:
        """A moment on the city's clocks."""
        return html.minute(value, self.locale, self.zone)

    def join(self, sentences: list[str]) -> str:
        """Sentences as a paragraph: Chinese needs no blanks."""
        return ("" if self.is_chinese else " ").join(sentences)

    def nowhere(self, dimension: str, key: str) -> str:
        """What a key without a name is called."""
        return self.say(NOWHERE[dimension]) if key == NONE else key
