"""Words in the reader's language. English sentences are the keys; catalogues live in ``web/translations``.

The engine and the reports speak without a request, so the locale is always an argument here; the web doors use the same
catalogues through Flask-Babel.
"""

from functools import cache
from typing import Any

from babel.support import NullTranslations, Translations

from engine.kit.config import ROOT

CATALOGUES = ROOT / "web" / "translations"
LOCALES = ("zh_Hans_CN", "en")
DEFAULT_LOCALE = "zh_Hans_CN"


def N_(text: str) -> str:  # noqa: N802 - the customary gettext name, which the extractor looks for
    """Mark ``text`` for translation where it is written; it is translated where it is shown."""
    return text


@cache
def catalogue(locale: str) -> NullTranslations:
    """The compiled catalogue of one locale; English needs none."""
    if locale == "en":
        return NullTranslations()
    return Translations.load(CATALOGUES, [locale])


class Bilingual(str):
    """Words that a city wrote itself, in both languages; taken as a plain text they are the Chinese ones."""

    english: str

    def __new__(cls, chinese: str, english: str) -> "Bilingual":
        """Where one language is empty, the other stands for it."""
        text = super().__new__(cls, chinese or english)
        text.english = english or chinese
        return text

    def told(self, locale: str) -> str:
        """The words in ``locale``."""
        return self.english if locale == "en" else str(self)


def translate(text: str, locale: str, /, **params: Any) -> str:
    """``text`` in ``locale``, its ``%(name)s`` places filled from ``params``."""
    if isinstance(text, Bilingual):
        return text.told(locale)
    translated = catalogue(locale).gettext(text) if text else text
    return translated % params if params else translated
