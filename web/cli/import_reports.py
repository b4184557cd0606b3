"""`flask import-reports`: complaints of a hotline's file (CSV, plain or .gz) as new reports."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from engine.kit import clock
from engine.legacy import complaints, mapping, rows
from web.listing import Listing, errors_option, in_words

PATH = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import-reports")
@click.argument("file", type=PATH)
@click.option("--columns", type=PATH, required=True, help="Mapping (TOML): which column holds what.")
@errors_option
@with_appcontext
@in_words
def command(file: Path, columns: Path, errors: Path | None) -> None:
    """Report every complaint of FILE that is not here yet; the same file again adds nothing."""
    layout = mapping.read(columns, mapping.REPORT_COLUMNS)
    table = rows.open_table(file, layout)
    with Listing(table, layout, errors) as listing:
        outcome = complaints.import_reports(
            table, layout, now=clock.now, on_refused=listing.refuse, on_progress=listing.progress
        )
    listing.tell(outcome)
