"""One case of a file of history, read and checked."""

from dataclasses import dataclass
from datetime import datetime

from engine.kit.i18n import N_
from engine.legacy.cleaning import moment, shortened
from engine.legacy.errors import RowRefused
from engine.legacy.mapping import Layout
from engine.legacy.rows import Row

TITLE, PLACE, NAME = 200, 300, 60


@dataclass(frozen=True)
class Past:
    """One case of the file, checked. ``due_at`` None: it had no target; ``closed_at`` None: it was still open."""

    number: str
    line: int
    reported_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    title: str
    description: str
    place: str
    note: str
    point: tuple[float, float] | None
    department: str
    major: str
    category: str
    verdict: str
    kept: dict[str, str]


def read_row(row: Row, number: str, layout: Layout) -> Past:
    """What a row says. Raises RowRefused for times that cannot be, and for rows without text."""
    reported_at = _moment("reported_at", row, layout)
    if reported_at is None:
        raise RowRefused(N_("The row does not say when it was reported."))
    closed_at = _moment("closed_at", row, layout)
    if closed_at is not None and closed_at < reported_at:
        raise RowRefused(N_("It was closed before it was reported."))
    category = layout.value("category", row.values)
    title = layout.value("title", row.values) or category
    description = layout.value("description", row.values) or title
    if not description:
        raise RowRefused(N_("The row has no text."))
    return Past(
        number=number, line=row.line, reported_at=reported_at, due_at=_moment("due_at", row, layout),
        closed_at=closed_at, title=shortened(title or description, TITLE), description=description,
        place=shortened(layout.value("place", row.values), PLACE), note=layout.value("note", row.values),
        point=_point(row, layout), department=shortened(layout.value("department", row.values), NAME),
        major=shortened(layout.value("major", row.values), NAME), category=shortened(category, NAME),
        verdict=layout.value("verdict", row.values),
        kept={heading: row.values[heading] for heading in layout.keep if row.values[heading]},
    )  # fmt: skip


def _moment(word: str, row: Row, layout: Layout) -> datetime | None:
    text = layout.value(word, row.values)
    return moment(text, layout.zone, layout.time_formats) if text else None


def _point(row: Row, layout: Layout) -> tuple[float, float] | None:
    """Longitude and latitude; None where the file has none, or none that is on Earth (0, 0 is "not known")."""
    try:
        lng, lat = float(layout.value("lng", row.values)), float(layout.value("lat", row.values))
    except ValueError:
        return None
    is_known = (lng, lat) != (0, 0) and -180 <= lng <= 180 and -90 <= lat <= 90
    return (lng, lat) if is_known else None
