"""Complaints of a hotline's file as new reports: from here on they go the way of every report."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from engine.access.actors import SYSTEM
from engine.cases import reporting
from engine.cases.errors import NoDraft
from engine.cases.models import Source
from engine.cases.reporting import Report, Reporter
from engine.kit.i18n import N_
from engine.legacy import importing
from engine.legacy.cleaning import moment, shortened
from engine.legacy.errors import RowRefused
from engine.legacy.importing import Numbered, Outcome, Refused
from engine.legacy.mapping import Layout
from engine.legacy.rows import Row, Table
from engine.process import definitions

BATCH = 50
TITLE, PLACE, NAME, PHONE = 200, 300, 60, 40
"""Characters that the columns of a case hold."""
AHEAD = timedelta(days=1)
"""Another machine's clock may be ahead of ours by this much."""


def import_reports(
    table: Table,
    layout: Layout,
    *,
    now: Callable[[], datetime],
    on_refused: Refused = lambda _row, _why: None,
    on_progress: Callable[[int], None] = lambda _count: None,
) -> Outcome:
    """Report every complaint of the file that is not here yet. Commits batch by batch.

    A case keeps the moment of the complaint as its ``reported_at``; its clocks start now, when the centre receives it.
    Category and place stay open: nothing is guessed from the text. Raises NoDraft where no drawing is published.
    """
    if definitions.active(reporting.STANDARD) is None:
        raise NoDraft
    return importing.run(
        table.rows(), _Complaints(layout), system=layout.name, now=now, batch=BATCH,
        on_refused=on_refused, on_progress=on_progress,
    )  # fmt: skip


class _Complaints:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def number(self, row: Row) -> str:
        """The complaint's number."""
        return self.layout.value("number", row.values)

    def take(self, rows: Sequence[Numbered], at: datetime) -> Iterator[tuple[Row, RowRefused]]:
        """Report all rows that can be read."""
        reports = []
        for one in rows:
            try:
                reports.append((one.row, self._as_report(one, at)))
            except RowRefused as refused:
                yield one.row, refused
        yield from importing.halving(reports, lambda some: reporting.report_all(some, by=SYSTEM, at=at))

    def _as_report(self, one: Numbered, at: datetime) -> Report:
        title, text = self._value("title", one), self._value("description", one)
        if not title and not text:
            raise RowRefused(N_("The row has no text."))
        complained_at = moment(self._value("reported_at", one), self.layout.zone, self.layout.time_formats)
        if complained_at > at + AHEAD:
            raise RowRefused(N_("The time lies in the future."))
        if len(title) > TITLE:
            text = f"{title}\n\n{text}"
        region = self.layout.region_code
        return Report(
            description=text or title, title=shortened(title, TITLE), source=Source.hotline,
            place=shortened(self._value("place", one), PLACE), reporter=self._reporter(one),
            region_code=None if region == reporting.CITY_WIDE else region,
            source_system=self.layout.name, source_no=one.number, reported_at=complained_at,
        )  # fmt: skip

    def _reporter(self, one: Numbered) -> Reporter | None:
        name, phone = self._value("reporter", one), self._value("phone", one)
        if not name and not phone:
            return None
        return Reporter(name=shortened(name, NAME), phone=shortened(phone, PHONE))

    def _value(self, word: str, one: Numbered) -> str:
        return self.layout.value(word, one.row.values)
