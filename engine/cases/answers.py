"""Reading what a city's own questions were answered: in the words of the form as it was asked, in either language."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Text, cast, select

from engine.cases.answering import DETAIL
from engine.cases.models import TimelineEntry
from engine.forms import catalogue, published
from engine.forms.catalogue import UnknownForm
from engine.forms.definition import Field
from engine.forms.kinds import CITY
from engine.kit.db import db
from engine.kit.i18n import N_, translate

BETWEEN = N_(", ")


@dataclass(frozen=True)
class Answer:
    """One question with its answer as it was kept: a text, a number, a truth, a list, a day or moment in ISO 8601."""

    question: Field
    value: Any


def of(detail: Mapping[str, Any]) -> list[Answer]:
    """The answers that an entry of the timeline keeps, with the questions as they were asked."""
    kept = detail.get(DETAIL)
    if not kept:
        return []
    try:
        form = catalogue.load(kept["form"], kept["version"])
    except UnknownForm:  # carried here from elsewhere
        return [Answer(Field(name, name, "text"), value) for name, value in kept["values"].items()]
    return [Answer(one, kept["values"][one.name]) for one in form.fields if one.name in kept["values"]]


def of_cases(case_ids: Collection[int]) -> dict[int, list[Answer]]:
    """The answers that each of some cases has been given, the oldest first. One statement; none in a city without."""
    if not case_ids or not published.entries():
        return {}
    has_some = cast(TimelineEntry.detail, Text).contains(f'"{DETAIL}"')
    chosen = select(TimelineEntry.case_id, TimelineEntry.detail).where(TimelineEntry.case_id.in_(case_ids), has_some)
    found: dict[int, list[Answer]] = {}
    for case_id, detail in db.session.execute(chosen.order_by(TimelineEntry.id)):
        found.setdefault(case_id, []).extend(of(detail))
    return found


def departments(answers: Iterable[Answer]) -> set[int]:
    """Ids of the departments that were chosen."""
    return {one.value for one in answers if one.question.kind == "department"}


def told(answer: Answer, locale: str, names: Mapping[int, str], zone: ZoneInfo = CITY) -> tuple[str, str]:
    """A question and its answer in ``locale``; ``names`` are those of departments, ``zone`` that of moments."""
    return translate(answer.question.label, locale), _value(answer, locale, names, zone)


def _value(answer: Answer, locale: str, names: Mapping[int, str], zone: ZoneInfo) -> str:
    value, kind = answer.value, answer.question.kind
    if isinstance(value, bool):
        return translate(N_("yes") if value else N_("no"), locale)
    if kind == "department":
        return names.get(value, str(value))
    if kind == "datetime":
        return datetime.fromisoformat(value).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    labels = {option.value: translate(option.label, locale) for option in answer.question.options}
    values = value if isinstance(value, list) else [value]
    return translate(BETWEEN, locale).join(labels.get(str(one), str(one)) for one in values)
