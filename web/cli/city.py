"""`flask city`: the fictional city 临江市 in an empty database, without any case yet."""

import click
from flask.cli import with_appcontext

from engine.kit import clock
from engine.kit.errors import CityLoopError
from engine.simulation import founding
from engine.simulation.geography import PLANS


@click.command("city")
@click.option("--size", type=click.Choice(sorted(PLANS)), default="demo", show_default=True)
@click.option("--password", default=founding.PASSWORD, show_default=True, help="Everybody's password.")
@with_appcontext
def command(size: str, password: str) -> None:
    """Build the fictional city: places, departments, people, catalogue, rules, processes."""
    try:
        built = founding.found(size, at=clock.now(), password=password)
    except CityLoopError as refusal:
        raise click.ClickException(refusal.sentence) from refusal
    click.echo(
        f"{built.unit_grids} unit grids, {built.departments} departments, {built.users} people, "
        f"{built.components} components, {built.rules} dispatch rules"
    )
