"""Taking a file over: batch by batch, each in a transaction of its own, every row either in, known, or listed."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol

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
    outcome, seen = Outcome(), _Seen()
    while chunk := list(islice(rows, batch)):
        refusals: list[tuple[Row, RowRefused]] = []
        fresh = _fresh(chunk, taker, seen, refusals)
        with unit_of_work():
            present = known([one.number for one in fresh], system)
            new = [one for one in fresh if one.number not in present]
            refusals_later = list(taker.take(new, now()))
        db.session.expunge_all()
        # Counted after the commit: what is reported as added is there.
        outcome.read += len(chunk)
        outcome.added += len(new) - len(refusals_later)
        outcome.refused += len(refusals) + len(refusals_later)
        outcome.known = outcome.read - outcome.added - outcome.refused
        for row, why in sorted(refusals + refusals_later, key=lambda pair: pair[0].line):
            on_refused(row, why)
        on_progress(len(chunk))
    return outcome


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
    """The numbers of this file so far, each with its line and a digest of its row: 100,000 of them take 20 MB."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def is_new(self, number: str, row: Row) -> bool:
        """False where the same row came before. Raises RowRefused where the number came with another content."""
        content = hashlib.blake2b("\x1f".join(row.values.values()).encode(), digest_size=8).digest()
        here = row.line << 64 | int.from_bytes(content)
        before = self._rows.setdefault(number, here)
        if before == here:
            return True
        if (before ^ here) & 0xFFFF_FFFF_FFFF_FFFF:
            raise RowRefused(
                N_("The number %(number)s stands in line %(line)s with another content."),
                number=number,
                line=before >> 64,
            )
        return False
