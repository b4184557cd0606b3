"""``flask monthly-assessment 2026-10 --out month.pdf``: the month's assessment as a document, without a browser."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from engine.access.actors import SYSTEM
from engine.evaluation import publishing
from engine.evaluation.models import State
from engine.kit import clock
from engine.kit.db import unit_of_work
from engine.kit.errors import CityLoopError
from engine.kit.i18n import DEFAULT_LOCALE, LOCALES
from reports import monthly_assessment
from web.configuration import current_config


@click.command("monthly-assessment")
@click.argument("month")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .pdf or .xlsx file.")
@click.option("--locale", type=click.Choice(LOCALES), default=DEFAULT_LOCALE, show_default=True)
@click.option("--again", is_flag=True, help="Count a month that is not published once more.")
@with_appcontext
def command(month: str, out: Path, locale: str, *, again: bool) -> None:
    """Write the assessment of MONTH (2026-10); its numbers are computed where nobody has done so yet."""
    zone = current_config().time_zone
    try:
        row = publishing.find(month)
        if row is None or (again and row.state != State.published):
            counted = publishing.count(month, zone, at=clock.now())
            with unit_of_work():
                row = publishing.keep(counted, by=SYSTEM)
        kept, is_published = publishing.read(row), row.state == State.published
        if out.suffix == ".xlsx":
            with out.open("wb") as file:
                monthly_assessment.write_workbook(file, kept, locale=locale, zone=zone)
        else:
            out.write_bytes(monthly_assessment.write_pdf(kept, locale=locale, zone=zone, is_published=is_published))
    except CityLoopError as error:
        raise click.ClickException(error.sentence) from error
    click.echo(f"{out}: {month}, as of {row.as_of:%Y-%m-%d %H:%M} UTC")
