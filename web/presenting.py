"""What templates can say: the filters and functions that they share."""

from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from engine.kit import pinyin
from engine.kit.i18n import Bilingual
from web import assets, errors, guards, keeping, languages, rail, session, times
from web.configuration import current_config


def init_app(app: Flask) -> None:
    """Give them to Jinja."""
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(
        moment=times.moment,
        day=times.day,
        ago=times.ago,
        time_left=times.time_left,
        said=errors.said,
        number=number,
        t=translated,
        # A name is found by typing its initials: 环卫局 is hwj.
        initials=pinyin.initials,
    )
    env.globals.update(
        signed_in=session.actor_or_none,
        rail_entries=rail.entries,
        has_part_in_cases=rail.has_part_in_cases,
        asset=assets.address,
        icon_sheet=assets.icon_sheet,
        html_language=languages.html_language,
        languages=languages.NAMES,
        chosen_language=languages.chosen,
        here=keeping.form_page,
        address_with=address_with,
        has_page=has_page,
        config_of_city=current_config,
    )


def address_with(**changes: Any) -> str:
    """This page's address with some of its query changed: filters, sorting and pages are links. None takes one out."""
    query = request.args.to_dict(flat=False) | changes
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **query})


def has_page(endpoint: str) -> bool:
    """Is there such a page, and may this reader enter it?"""
    actor = session.actor_or_none()
    return endpoint in current_app.view_functions and actor is not None and guards.may_enter(actor, endpoint)


def translated(text: str | None, **params: Any) -> str:
    """A msgid that the engine marked with ``N_``, or what the city wrote itself, in the reader's language."""
    if isinstance(text, Bilingual):
        return text.told(languages.chosen())
    return _(str(text), **params) if text else ""


def number(value: float | None, digits: int = 0) -> str:
    """A number as the reader writes it; a dash where there is none."""
    if value is None:
        return "–"
    return format_decimal(round(value, digits), format=f"#,##0.{'0' * digits}" if digits else "#,##0")
