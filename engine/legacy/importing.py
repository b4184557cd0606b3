"""Taking a file over: batch by batch, each in a transaction of its own, every row either in, known, or listed."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError

from engine.cases.models import Case
from engine.kit.db import db, unit_of_work
from engine.kit.errors import CityLoopError, Invalid
from engine.kit.i18n import N_
from engine.legacy.errors import RowRefused
from engine.legacy.rows import Row

Refused = Callable[[Row, RowRefused], None]
NUMBER_LENGTH = 80
T = TypeVar("T")


@dataclass
class Outcome:
    """How many rows were read, and what became of them: ``read == added + known + refused``."""

    read: int = 0
    added: int = 0
    known: int = 0
    """The same number was here before, or stands twice in the file with the same content."""
    refused: int = 0


@dataclass(frozen=True)
class Numbered:
    """A row with its number in its own system."""

    number: str
    row: Row


class Taker(Protocol):
    """What is made of rows: of one kind of file."""

    def number(self, row: Row) -> str:
        """The row's number in its own system."""

    def take(self, rows: Sequence[Numbered], at: datetime) -> Iterable[tuple[Row, RowRefused]]:
        """Write new rows; those that are refused come back, and have left no trace."""


def run(
    rows: Iterator[Row],
    taker: Taker,
    *,
    system: str,
    now: Callable[[], datetime],
    batch: int,
    on_refused: Refused = lambda _row, _why: None,
    on_progress: Callable[[int], None] = lambda _count: None,
) -> Outcome:
    """Take over all rows. What was committed stays when it is interrupted; the next run goes on from there."""
    outcome = Outcome()
    with closing(_Seen()) as seen:
        while chunk := list(islice(rows, batch)):
            for row, why in _take(chunk, taker, seen, outcome, system=system, now=now):
                on_refused(row, why)
            on_progress(len(chunk))
    return outcome


def _take(
    chunk: list[Row], taker: Taker, seen: "_Seen", outcome: Outcome, *, system: str, now: Callable[[], datetime]
) -> list[tuple[Row, RowRefused]]:
    """Take one batch over in one transaction; its rows that were refused, in order."""
    refusals: list[tuple[Row, RowRefused]] = []
    fresh = _fresh(chunk, taker, seen, refusals)
    with unit_of_work():
        present = known([one.number for one in fresh], system)
        new = [one for one in fresh if one.number not in present]
        later = list(taker.take(new, now()))
    db.session.expunge_all()
    # Counted after the commit: what is reported as added is there.
    outcome.read += len(chunk)
    outcome.added += len(new) - len(later)
    outcome.refused += len(refusals) + len(later)
    outcome.known = outcome.read - outcome.added - outcome.refused
    return sorted(refusals + later, key=lambda pair: pair[0].line)


def known(numbers: Sequence[str], system: str) -> set[str]:
    """Those of ``numbers`` that are here already."""
    if not numbers:
        return set()
    asked = select(Case.source_no).where(Case.source_system == system, Case.source_no.in_(numbers))
    return {str(number) for number in db.session.scalars(asked)}


def reason(error: Exception) -> RowRefused:
    """Why a row could not be written, in words."""
    if isinstance(error, Invalid) and error.fields:
        first = next(iter(error.fields.values()))[0]
        return RowRefused(first.text, **first.params)
    if isinstance(error, CityLoopError):
        return RowRefused(error.message_id, **error.params)
    return RowRefused(N_("The database refuses this row: %(reason)s"), reason=str(getattr(error, "orig", error)))


ROW_ERRORS = (CityLoopError, DataError, IntegrityError)
"""What is wrong with one row only; anything else stops the import."""


def halving(rows: Sequence[tuple[Row, T]], write: Callable[[Sequence[T]], object]) -> Iterator[tuple[Row, RowRefused]]:
    """Write all rows in one go; where one is refused, half by half until the bad one is found and left out."""
    if not rows:
        return
    try:
        with db.session.begin_nested():
            write([made for _, made in rows])
    except ROW_ERRORS as error:
        if len(rows) == 1:
            yield rows[0][0], reason(error)
            return
        middle = len(rows) // 2
        yield from halving(rows[:middle], write)
        yield from halving(rows[middle:], write)


def _fresh(chunk: list[Row], taker: Taker, seen: "_Seen", refusals: list[tuple[Row, RowRefused]]) -> list[Numbered]:
    fresh = []
    for row in chunk:
        try:
            number = _number(row, taker)
            if seen.is_new(number, row):
                fresh.append(Numbered(number, row))
        except RowRefused as refused:
            refusals.append((row, refused))
    return fresh


def _number(row: Row, taker: Taker) -> str:
    if row.problem is not None:
        raise row.problem
    number = taker.number(row)
    if not number:
        raise RowRefused(N_("The row has no number."))
    if len(number) > NUMBER_LENGTH:
        raise RowRefused(N_("The number is longer than %(most)s characters."), most=NUMBER_LENGTH)
    return number


class _Seen:
    """The numbers of this file so far, each with its line and a digest of its row.

    They lie in a file that SQLite keeps: a long file takes no more memory than a short one.
    """

    def __init__(self) -> None:
        # The empty name is a file that nobody else sees, and that is gone when it is closed.
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("CREATE TABLE seen (number TEXT PRIMARY KEY, line INTEGER, content BLOB) WITHOUT ROWID")

    def is_new(self, number: str, row: Row) -> bool:
        """False where the same row came before. Raises RowRefused where the number came with another content."""
        content = hashlib.blake2b("\x1f".join(row.values.values()).encode(), digest_size=8).digest()
        here = (number, row.line, content)
        if self._rows.execute("INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO NOTHING", here).rowcount:
            return True
        line, before = self._rows.execute("SELECT line, content FROM seen WHERE number = ?", (number,)).fetchone()
        if before != content:
            raise RowRefused(
                N_("The number %(number)s stands in line %(line)s with another content."), number=number, line=line
            )
        return False

    def close(self) -> None:
        """Let the file go."""
        self._rows.close()
