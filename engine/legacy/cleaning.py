"""Texts and moments as files hold them, made into ours."""

import re
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from engine.kit.i18n import N_
from engine.legacy.errors import RowRefused

YEARS = range(2000, 2060)
ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f])_")
"""How Excel writes a control character into XML; a carriage return becomes ``_x000D_`` in many exports."""
FORMATS = (
    "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日 %H时%M分", "%Y/%m/%d", "%Y年%m月%d日",
)  # fmt: skip


def tidy(text: str) -> str:
    """``text`` without what nobody wrote: Excel's escapes, control and invisible characters, blanks at the edges."""
    if "_x00" in text:
        text = ESCAPED.sub(lambda found: "\n" if found[1] == "0A" else "\t" if found[1] == "09" else "", text)
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in {"Cc", "Cf", "Cs"})
    return text.strip()


def shortened(text: str, most: int) -> str:
    """At most ``most`` characters on one line, with an ellipsis where something was left out."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def moment(text: str, zone: ZoneInfo, formats: tuple[str, ...] = ()) -> datetime:
    """The moment that a file writes without a zone, as the clocks of ``zone`` show it.

    When clocks are set back an hour is written twice: the first one is meant. Raises RowRefused.
    """
    found = _parsed(text, formats)
    if found is None:
        raise RowRefused(N_("“%(written)s” is not a time that can be read."), written=text[:40])
    if found.year not in YEARS:
        raise RowRefused(
            N_("The time %(written)s lies outside the years %(first)s to %(last)s."),
            written=text[:40],
            first=YEARS[0],
            last=YEARS[-1],
        )
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC).replace(microsecond=0)


def _parsed(text: str, formats: tuple[str, ...]) -> datetime | None:
    for pattern in formats:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the file's zone is added by the caller
        except ValueError:
            continue
    if formats:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _parsed(text, FORMATS)
