"""Templates of documents: no request, no application; the reader's locale is an argument."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.kit.config import ROOT
from engine.kit.i18n import translate

DASH = "—"
TEMPLATES = ROOT / "reports" / "templates"


def render(template: str, *, locale: str, **values: Any) -> str:
    """The document of one template, with ``_`` and the filters ``number``, ``percent`` in ``locale``."""
    return _environment(locale).get_template(template).render(values)


def number(value: float | Decimal | None, locale: str) -> str:
    """A number with its thousands apart; a dash where there is none."""
    return DASH if value is None else format_decimal(value, locale=locale)


def percent(value: Decimal | None) -> str:
    """A rate as it is kept, two decimals; a dash where there is none."""
    return DASH if value is None else f"{value}%"


def signed(value: Decimal | None, unit: str = "%") -> str:
    """A change with its sign: "+3.2%"; a dash where there is nothing to compare with."""
    return DASH if value is None else f"{'−' if value < 0 else '+'}{abs(value)}{unit}"


def day(value: date | datetime, locale: str, zone: ZoneInfo | None = None) -> str:
    """A day in words: 2026年10月5日, October 5, 2026."""
    return format_date(value.astimezone(zone) if isinstance(value, datetime) else value, format="long", locale=locale)


def minute(value: datetime, locale: str, zone: ZoneInfo) -> str:
    """A moment on the city's clocks: 2026-10-05 09:00."""
    return format_datetime(value.astimezone(zone), "yyyy-MM-dd HH:mm", tzinfo=zone, locale=locale)


def month(first: date, locale: str) -> str:
    """A month in words: 2026年10月, October 2026."""
    return format_date(first, "yyyy年M月" if locale.startswith("zh") else "MMMM yyyy", locale=locale)


@cache
def _environment(locale: str) -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals["_"] = partial(_translated, locale)
    env.filters.update(number=partial(number, locale=locale), percent=percent)
    return env


def _translated(locale: str, text: str, **params: Any) -> str:
    return translate(text, locale, **params)
