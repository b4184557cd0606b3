"""What reports enclose with messages: the monthly assessment as PDF, made once for its readers of one language."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine.evaluation import publishing
from engine.evaluation.errors import MonthNotComputed
from engine.evaluation.models import MonthlyAssessment, State
from engine.kit.config import Config
from engine.kit.i18n import N_, translate
from engine.notifications import assessment_mail, enclosures
from engine.notifications.channels.protocol import Enclosed
from engine.settings import values
from reports import monthly_assessment


def register() -> None:
    """Let messages enclose it."""
    enclosures.register(assessment_mail.ENCLOSURE, monthly_pdf, ready_since)


def ready_since(params: Mapping[str, Any]) -> datetime | None:
    """Since when the month is published or, where the city does not wait for that, computed."""
    row = publishing.find(params["month"])
    if row is None or row.state == State.published:
        return row.published_at if row else None
    return None if values.get(assessment_mail.ONLY_PUBLISHED) else row.computed_at


def monthly_pdf(params: Mapping[str, Any], locale: str, at: datetime) -> Enclosed:  # noqa: ARG001 - as it is kept now
    """The month's document. Raises MonthNotComputed, NoPdf."""
    row = publishing.find(params["month"])
    if row is None:
        raise MonthNotComputed
    name = translate(N_("Monthly assessment"), locale)
    return Enclosed(f"{name} {row.period}.pdf", "application/pdf", _kept(_Month(row), locale))


class _Month:
    """A computation, equal to itself only: another one, or its publication, is another document."""

    def __init__(self, row: MonthlyAssessment) -> None:
        self.row = row
        self._key = (row.period, row.computed_at, row.state)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Month) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=4)
def _kept(month: _Month, locale: str) -> bytes:
    return monthly_assessment.write_pdf(
        publishing.read(month.row),
        locale=locale,
        zone=Config.from_env().time_zone,
        is_published=month.row.state == State.published,
    )
