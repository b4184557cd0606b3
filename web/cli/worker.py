"""`flask worker`: timers, service tasks and periodic jobs, in a process of their own; any number of them may run."""

import signal

import click
from flask import current_app
from flask.cli import with_appcontext

from engine import scheduler
from engine.kit import clock


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@with_appcontext
def command(once: bool) -> None:
    """Run one worker until SIGTERM or Ctrl-C: it then finishes the piece of work that it has begun."""
    if once:
        for name, done in scheduler.run_once(clock.now()).items():
            click.echo(f"{name}\t{'-' if done is None else done}")
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    worker = scheduler.Worker(app.app_context)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.ask_to_stop())
    worker.start()
    worker.wait()
    worker.stop()
