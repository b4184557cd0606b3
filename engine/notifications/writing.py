"""From a delivery to a letter: what is said, in the reader's language, with a link and what is enclosed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from engine.kit.i18n import DEFAULT_LOCALE, N_, translate
from engine.notifications import enclosures, kinds
from engine.notifications.channels import registry
from engine.notifications.channels.protocol import Letter

PAGE = Markup(
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><body style="font:15px/1.6 sans-serif;color:#1f2937">'
    "{said}{footer}</body></html>"
)
SAID = Markup('<p><strong>{text}</strong></p><p><a href="{link}">{open}</a></p>')
SAID_WITHOUT_LINK = Markup("<p><strong>{text}</strong></p>")
FOOTER = Markup('<p style="color:#6b7280;font-size:13px">{text}{link}</p>')


@dataclass(frozen=True)
class Told:
    """One message as a letter needs it."""

    id: int
    kind: str
    params: dict[str, Any]
    enclosure: str | None = None


def letter(key: str, address: str, told: Sequence[Told], *, locale: str | None, at: datetime) -> Letter:
    """The letter that tells one thing, or the digest that tells several.

    ``locale`` is None for somebody outside: he has no account, so that no link leads him anywhere.
    """
    is_outside = locale is None
    locale = locale or DEFAULT_LOCALE
    said = [(kinds.said(one.kind, one.params, locale), "" if is_outside else _link(one)) for one in told]
    foot = _foot(locale, is_outside=is_outside)
    is_digest = len(told) != 1
    subject = translate(N_("%(count)s messages for you"), locale, count=len(told)) if is_digest else said[0][0]
    return Letter(
        key=key,
        address=address,
        subject=f"{translate(N_('CityLoop'), locale)}{translate(N_(': '), locale)}{subject}",
        text=_plain(said, foot),
        html=_html(said, foot, locale),
        link=_base("/messages") if is_digest else said[0][1],
        at=at,
        enclosed=tuple(enclosures.made(one.enclosure, one.params, locale, at) for one in told if one.enclosure),
    )


def _link(told: Told) -> str:
    return _base(f"/messages/{told.id}")


def _base(path: str) -> str:
    url = registry.public_url()
    return url + path if url else ""


def _plain(said: Sequence[tuple[str, str]], foot: tuple[str, str]) -> str:
    lines = [f"{text}\n{link}".strip() for text, link in said]
    return "\n\n".join([*lines, "-- \n" + "\n".join(foot).strip()]) + "\n"


def _html(said: Sequence[tuple[str, str]], foot: tuple[str, str], locale: str) -> str:
    opened = translate(N_("Open it in CityLoop"), locale)
    parts = [
        SAID.format(text=text, link=link, open=opened) if link else SAID_WITHOUT_LINK.format(text=text)
        for text, link in said
    ]
    language = "en" if locale == "en" else "zh-CN"
    return PAGE.format(language=language, said=Markup("").join(parts), footer=_html_foot(foot, locale))


def _html_foot(foot: tuple[str, str], locale: str) -> Markup:
    text, link = foot
    linked = Markup(' <a href="{link}">{name}</a>').format(link=link, name=translate(N_("My account"), locale))
    return FOOTER.format(text=text, link=linked if link else "")


def _foot(locale: str, *, is_outside: bool) -> tuple[str, str]:
    """Who wrote this, how to be told less, and the address for that."""
    if is_outside:
        text = N_("Written by the program; nobody reads answers. The city has put your address on its list: "
                  "please ask there to be taken off it.")  # fmt: skip
        return translate(text, locale), ""
    text = N_("Written by the program; nobody reads answers. “My account” says what you are told, and how.")
    return translate(text, locale), _base("/me#wishes")
