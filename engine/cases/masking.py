"""Leaving a citizen out of what everybody reads: his number and name stand with the reporter only (``reporters``)."""

import re
from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import or_, select

from engine.cases.models import Case, CaseReporter, Source
from engine.kit.db import db

NOBODY = frozenset({"匿名", "市民", "群众", "居民", "业主", "来电人", "热心市民", "无名氏", "不详"})
"""What is written down for a name that was not given: ordinary words of any text."""

SHORTEST_NUMBER = 7
_NUMBER = re.compile(r"\d(?:[\s\-]*\d){6,}")
_STREETS = "路街巷道村镇乡桥里园"
"""A person's name before one of these is a street's or a village's: 李明路."""


def number(phone: str) -> str:
    """A phone number with its middle left out: 138****1234; of a shorter one only the last two digits stay."""
    digits = sum(character.isdigit() for character in phone)
    if digits >= 11:
        return phone[:3] + "****" + phone[-4:]
    return "****" + phone[-2:] if digits >= SHORTEST_NUMBER else "****" if phone else ""


def name(name: str) -> str:
    """A name's first character: 张**."""
    return name[:1] + "**" if name else ""


class Person(Protocol):
    """Somebody with a name and a phone number, as they were typed."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def phone(self) -> str: ...  # noqa: D102


def leave_out(text: str, reporters: Iterable[Person], *, with_names: bool = True) -> str:
    """``text`` with the numbers and names of these people masked, however the numbers are broken up."""
    for reporter in reporters:
        for found in _NUMBER.findall(reporter.phone):
            digits = re.sub(r"\D", "", found)
            text = re.sub(r"(?<!\d)" + r"[\s-]*".join(digits) + r"(?!\d)", number(digits), text)
        if with_names and len(reporter.name) > 1 and reporter.name not in NOBODY:
            text = re.sub(_as_word(reporter.name), lambda found: name(found[0]), text)
    return text


def of_case(case: Case, text: str) -> str:
    """What somebody writes about a case, without those who reported it or a report that was merged into it."""
    if case.source not in Source.from_public() and not _NUMBER.search(text):
        return text  # the only thing looked for is a merged report's number: most notes hold none
    merged = select(Case.id).where(Case.merged_into_id == case.id)
    people = select(CaseReporter).where(or_(CaseReporter.case_id == case.id, CaseReporter.case_id.in_(merged)))
    with db.session.no_autoflush:
        return leave_out(text, db.session.scalars(people))


def _as_word(name: str) -> str:
    """A name in Latin letters stands between other signs; a Chinese one anywhere, but not as a street's."""
    if name.isascii():
        return rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])"
    return rf"{re.escape(name)}(?![{_STREETS}])"
