"""History of a system that was there before: each row becomes a case as it would look had it been ours."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from engine.access.actors import SYSTEM
from engine.legacy import importing, writing
from engine.legacy.catalogue import Catalogue
from engine.legacy.errors import RowRefused
from engine.legacy.importing import Numbered, Outcome, Refused
from engine.legacy.mapping import Layout
from engine.legacy.offices import Offices
from engine.legacy.past import Past, read_row
from engine.legacy.rows import Row, Table

BATCH = 250


def import_cases(
    table: Table,
    layout: Layout,
    *,
    now: Callable[[], datetime],
    on_refused: Refused = lambda _row, _why: None,
    on_progress: Callable[[int], None] = lambda _count: None,
) -> Outcome:
    """Write a case for every row that is not here yet, with dispatch, timeline and clock. Commits batch by batch.

    Departments and categories that the city does not have are created. Closed rows are closed cases; open ones are
    being handled, without a process instance: what becomes of them is for whoever goes on with them to say.
    """
    return importing.run(
        table.rows(), _Histories(layout), system=layout.name, now=now, batch=BATCH,
        on_refused=on_refused, on_progress=on_progress,
    )  # fmt: skip


class _Histories:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.offices = Offices(layout)
        self.catalogue = Catalogue(layout)

    def number(self, row: Row) -> str:
        """The case's number in its own system."""
        return self.layout.value("number", row.values)

    def take(self, rows: Sequence[Numbered], at: datetime) -> Iterator[tuple[Row, RowRefused]]:
        """Write all rows at once."""
        pasts, by_line = [], {one.row.line: one.row for one in rows}
        for one in rows:
            try:
                pasts.append(read_row(one.row, one.number, self.layout))
            except RowRefused as refused:
                yield one.row, refused
        self.offices.prepare({past.department for past in pasts}, by=SYSTEM, at=at)
        writing.ensure_calendar(self.layout, at)
        self.catalogue.prepare({(past.major, past.category) for past in pasts})
        yield from importing.halving([(by_line[past.line], past) for past in pasts], self._write)

    def _write(self, pasts: Sequence[Past]) -> None:
        writing.write(pasts, self.layout, self.offices, self.catalogue, by=SYSTEM)
