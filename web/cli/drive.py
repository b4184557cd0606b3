"""`flask drive`: simulated staff takes the open cases forward through the real acts, by a simulated clock."""

import sys
import time
from collections.abc import Iterator

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from engine.kit import clock
from engine.simulation import driving, founding
from engine.simulation.driving import Wanted
from engine.simulation.playing import Play

COUNT_EVERY = 25
"""Acts between two looks at how many cases are left."""


@click.command("drive")
@click.option("--source-system", help="Only cases that came from this system.")
@click.option("--until-ended", is_flag=True, help="Let the simulated clock run on until all have ended.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same decisions.")
@click.option("--in-a-real-city", is_flag=True, help="Also where the city was not built by simulation.")
@with_appcontext
def command(source_system: str | None, until_ended: bool, seed: int, in_a_real_city: bool) -> None:
    """Take all open cases to an end, or as far as they would be by now. Ctrl-C stops after the last whole act.

    The simulated clock is the whole city's: time limits of other cases pass, too.
    """
    if not (in_a_real_city or founding.is_fictional()):
        raise click.ClickException("this is not a fictional city; its cases are its people's (see --in-a-real-city)")
    wanted = Wanted(source_system)
    play = driving.drive(wanted, until=None if until_ended else clock.now(), seed=seed)
    started, acts = time.perf_counter(), 0
    try:
        for acts in _told(play, wanted):  # noqa: B007 - the last count is told below
            pass
    except KeyboardInterrupt:
        click.echo("Stopped. Everything done so far is kept; the same command goes on from here.", err=True)
        sys.exit(130)
    finally:
        seconds = time.perf_counter() - started
        click.echo(f"{acts} acts in {seconds:.0f} s ({acts / max(seconds, 0.001):.0f} a second), "
                   f"{driving.waiting(wanted)} cases left open, {len(play.stuck)} steps stuck")  # fmt: skip
    for stuck in play.stuck[:20]:
        click.echo(f"stuck: {stuck.task_id} at {stuck.at:%Y-%m-%d %H:%M}: {stuck.why.sentence}", err=True)


def _told(play: Play, wanted: Wanted) -> Iterator[int]:
    """Run a play with a progress bar; yields how many acts have been done."""
    with tqdm(total=driving.waiting(wanted), unit=" cases", disable=None) as bar:
        for acts, happening in enumerate(play.run(), start=1):
            if acts % COUNT_EVERY == 0:
                bar.n = (bar.total or 0) - driving.waiting(wanted)
                bar.set_postfix_str(f"{acts} acts, {happening.at:%Y-%m-%d}")
            yield acts
        bar.n = (bar.total or 0) - driving.waiting(wanted)
