"""`flask import-cases`: the history of a system that was there before (CSV, plain or .gz) as cases."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from engine.kit import clock
from engine.legacy import history, mapping, rows, verdicts
from engine.legacy.mapping import Layout
from engine.legacy.rows import Table
from engine.legacy.verdicts import Verdicts
from web.listing import Listing, errors_option, in_words

PATH = click.Path(exists=True, dir_okay=False, path_type=Path)
SHOWN = 50


@click.command("import-cases")
@click.argument("file", type=PATH)
@click.option("--columns", type=PATH, required=True, help="Mapping (TOML): which column holds what.")
@errors_option
@with_appcontext
@in_words
def command(file: Path, columns: Path, errors: Path | None) -> None:
    """Write a case for every row of FILE that is not here yet; the same file again adds nothing.

    Where the file has a judgement of its own (on time or not), it is compared with ours, department by department.
    """
    layout = mapping.read(columns, mapping.CASE_COLUMNS)
    table = rows.open_table(file, layout)
    with Listing(table, layout, errors) as listing:
        outcome = history.import_cases(
            table, layout, now=clock.now, on_refused=listing.refuse, on_progress=listing.progress
        )
    listing.tell(outcome)
    if "verdict" in layout.columns:
        _compare(table, layout)


def _compare(table: Table, layout: Layout) -> None:
    as_of = verdicts.drawn_at(layout)
    if as_of is None:
        return
    found = verdicts.compare(table, layout, as_of)
    click.echo(f"judged as of {as_of.astimezone(layout.zone):%Y-%m-%d %H:%M:%S %Z}")
    click.echo("department\ton time: ours\tfile\toverdue: ours\tfile\tfile does not say")
    for code in sorted(found.ours):
        ours, theirs = found.ours[code], found.theirs.get(code, Verdicts())
        click.echo(f"{code}\t{ours.on_time}\t{theirs.on_time}\t{ours.overdue}\t{theirs.overdue}\t{theirs.unsaid}")
    click.echo(f"{len(found.differences)} rows are judged differently")
    words = {True: "on time", False: "overdue", None: "nothing"}
    for one in found.differences[:SHOWN]:
        click.echo(
            f"line {one.line}, {one.number}, {one.department}: "
            f"we say {words[one.ours]}, the file says {words[one.theirs]}"
        )
