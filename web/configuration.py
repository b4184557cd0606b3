"""The deployment's configuration as Flask and its extensions want it, and where a view finds it again."""

from datetime import timedelta
from typing import Any, cast

from flask import current_app

from engine.kit.config import ROOT, Config
from engine.kit.db import engine_options
from engine.kit.i18n import DEFAULT_LOCALE

MEGABYTE = 1024 * 1024
FILES_PER_REQUEST = 6
"""A report carries a few photos: a whole request may be this many times as large as the largest single file."""


def flask_settings(config: Config) -> dict[str, Any]:
    """Flask's own settings, from ours."""
    return {
        "SECRET_KEY": config.secret_key,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(config.database_url, pool_size=config.pool_size),
        "MAX_CONTENT_LENGTH": config.max_upload_mb * MEGABYTE * FILES_PER_REQUEST,
        "MAX_FORM_MEMORY_SIZE": 2 * MEGABYTE,
        "SESSION_COOKIE_NAME": "cityloop",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        # The cookie outlives the idle time, so that it still names whose typing is to be kept (web/session.py).
        "PERMANENT_SESSION_LIFETIME": timedelta(days=7),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,  # a token lasts as long as its session
        "BABEL_DEFAULT_LOCALE": DEFAULT_LOCALE,
        "BABEL_DEFAULT_TIMEZONE": config.time_zone.key,
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "web" / "translations"),
    }


def current_config() -> Config:
    """The configuration of the running program."""
    return cast(Config, current_app.extensions["cityloop.config"])
