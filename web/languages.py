"""In which language and zone this reader is answered. Never asks the database: error pages need it too."""

from flask import Flask, request, session
from flask_babel import Babel

from engine.kit.i18n import DEFAULT_LOCALE, LOCALES
from web.configuration import current_config

NAMES = {"zh_Hans_CN": "中文", "en": "English"}


def init_app(app: Flask) -> None:
    """Ask for the reader's language at every request."""
    Babel(app, locale_selector=chosen, timezone_selector=lambda: current_config().time_zone.key)


def chosen() -> str:
    """The user's choice, kept in his session; else what his browser asks for; else Chinese."""
    kept = session.get("locale") if request else None
    if kept in LOCALES:
        return str(kept)
    asked = request.accept_languages.best_match(["zh", "en"]) if request else None
    return "en" if asked == "en" else DEFAULT_LOCALE


def html_language() -> str:
    """The language as HTML names it: zh-CN or en."""
    return "en" if chosen() == "en" else "zh-CN"
