"""How a command shows a long import: a bar while it runs, and refused rows in a list to be mended and read again."""

import csv
import functools
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from engine.kit.errors import CityLoopError
from engine.kit.i18n import DEFAULT_LOCALE, translate
from engine.legacy.errors import RowRefused
from engine.legacy.importing import Outcome
from engine.legacy.mapping import Layout
from engine.legacy.rows import Row, Table

SHOWN = 20

errors_option = click.option(
    "--errors", type=click.Path(dir_okay=False, path_type=Path),
    help="Write every refused row here (CSV): line, reason, and the row itself.",
)  # fmt: skip


class Listing(AbstractContextManager["Listing"]):
    """The bar and the list of one import. Without ``errors`` the first 20 refused rows are shown."""

    def __init__(self, table: Table, layout: Layout, errors: Path | None) -> None:
        self._table, self._layout, self._errors = table, layout, errors
        self._stack = ExitStack()
        self._bar = self._stack.enter_context(tqdm(total=table.lines, unit=" rows", disable=None))
        self._writer: Any = None
        self._count = 0

    def __exit__(self, *error: Any) -> None:
        self._stack.close()

    def progress(self, count: int) -> None:
        """``count`` more rows are done."""
        self._bar.update(count)

    def refuse(self, row: Row, why: RowRefused) -> None:
        """List a row that was refused."""
        reason = translate(why.text, DEFAULT_LOCALE, **why.params)
        self._count += 1
        if self._errors is not None:
            self._write(row, reason)
        elif self._count <= SHOWN:
            tqdm.write(f"{self._table.path.name}:{row.line}: {reason}")

    def tell(self, outcome: Outcome) -> None:
        """Say what became of all rows."""
        click.echo(
            f"{outcome.read} rows read: {outcome.added} added, {outcome.known} known already, {outcome.refused} refused"
        )
        ignored = set(self._table.headings) - set(self._layout.columns.values()) - set(self._layout.keep)
        if ignored:
            click.echo(f"columns not taken over: {', '.join(sorted(ignored))}")
        if self._count > SHOWN and self._errors is None:
            click.echo(f"{SHOWN} of {self._count} refused rows are shown; --errors FILE lists them all")

    def _write(self, row: Row, reason: str) -> None:
        if self._writer is None and self._errors is not None:
            # Excel takes a file for UTF-8 only with the mark at its beginning.
            file = self._stack.enter_context(self._errors.open("w", encoding="utf-8-sig", newline=""))
            self._writer = csv.writer(file, delimiter=self._table.delimiter)
            self._writer.writerow(["line", "reason", *self._table.headings])
        self._writer.writerow([row.line, reason, *(row.values.get(name, "") for name in self._table.headings)])


def in_words(command: Callable[..., None]) -> Callable[..., None]:
    """Say an error of ours as its sentence, without a traceback."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except CityLoopError as error:
            raise click.ClickException(translate(error.message_id, DEFAULT_LOCALE, **error.params)) from error

    return wrapped
