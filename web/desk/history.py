"""The timeline as the page tells it: who did what when, why, and how long after the entry before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from engine.access import queries as access
from engine.cases import answers, timeline
from engine.cases.answers import Answer
from engine.cases.models import Case, TimelineEntry
from engine.cases.recipients import HOLDER
from engine.cases.routing import SOURCES
from engine.organization import queries as organization
from web import languages, times
from web.configuration import current_config
from web.desk import wording

MOMENTS = frozenset({"due_before", "due_after"})
"""Details that are moments, as they are kept."""


@dataclass(frozen=True)
class Told:
    """One entry. ``facts`` are pairs of a label and a value, ``after`` the seconds since the entry before."""

    entry: TimelineEntry
    act: str
    department: str
    facts: list[tuple[str, str]]
    after: float | None


def of(case: Case) -> list[Told]:
    """Every entry of a case, the newest first: two statements."""
    entries = timeline.of(case)
    given = [answers.of(entry.detail) for entry in entries]
    acted = {entry.department_id for entry in entries if entry.department_id}
    names = organization.names_of(acted.union(*map(answers.departments, given)))
    before: Sequence[TimelineEntry | None] = [None, *entries]
    rows = zip(entries, given, before, strict=False)
    return [_told(entry, told, last, names) for entry, told, last in rows][::-1]


def _told(entry: TimelineEntry, given: list[Answer], last: TimelineEntry | None, departments: dict[int, str]) -> Told:
    after = (entry.at - last.at).total_seconds() if last else None
    department = departments.get(entry.department_id or 0, "")
    locale, zone = languages.chosen(), current_config().time_zone
    facts = [*_facts(entry.detail), *(answers.told(one, locale, departments, zone) for one in given)]
    return Told(entry, wording.ENTRIES.get(entry.act, entry.act), department, facts, after)


def _facts(detail: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in detail.items():
        if name == "to":
            yield wording.DETAILS[name], _role(str(value))
        elif name == "clock":
            yield wording.DETAILS[name], wording.CLOCKS.get(str(value), str(value))
        elif name == "until":
            # The last day of a suspension: it ends with it.
            last = datetime.fromisoformat(value) - timedelta(seconds=1)
            yield wording.DETAILS[name], times.day(last).striptags()
        elif name in MOMENTS:
            yield wording.DETAILS[name], times.moment(datetime.fromisoformat(value)).striptags()
        elif name in wording.DETAILS and value not in ("", None):
            text = str(value)
            yield wording.DETAILS[name], SOURCES.get(text) or wording.RESULTS.get(text, text)


def _role(code: str) -> str:
    if code == HOLDER:
        return _("whoever has it in hand")
    role = next((one for one in access.names().values() if one.code == code), None)
    if role is None:
        return code
    return role.name_en if languages.chosen() == "en" else role.name
