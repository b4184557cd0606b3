"""`flask demo`: the fictional city with a month behind it, and served. The second start only serves."""

import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import click
import flask_migrate
from flask.cli import with_appcontext
from tqdm import tqdm

from engine import scheduler
from engine.access.actors import SYSTEM
from engine.evaluation import publishing
from engine.kit import clock
from engine.kit.config import ROOT
from engine.kit.db import db, unit_of_work
from engine.kit.errors import CityLoopError
from engine.kit.i18n import DEFAULT_LOCALE
from engine.notifications import jobs as notifications
from engine.notifications import reading
from engine.simulation import founding, month
from engine.simulation.month import Month
from reports import monthly_assessment
from web.configuration import current_config

FOUNDED_BEFORE = timedelta(days=60)
"""The city stood some time before its first case."""
UNREAD = timedelta(days=2)
"""Before the month's end: nobody has read these messages yet."""
# Who is worth signing in as, in the order of a case's way.
CAST = (
    ("collector.chen", "信息采集员", "report on the phone, confirm, verify"),
    ("caller.sun", "接线员", "write down calls, call back"),
    ("acceptor.li", "受理员", "accept, merge, reject, transfer"),
    ("duty.zhao", "值班长", "file, close, void, reopen"),
    ("dispatcher.wang", "派遣员", "dispatch, decide on returns, review feedback"),
    ("clerk.sanitation", "部门经办员", "sign, assign, give feedback"),
    ("handler.sanitation", "处置人员", "handle"),
    ("head.sanitation", "部门负责人", "see the department's cases"),
    ("supervisor.zhou", "督查员", "see the board, urge, order, watch key cases"),
    ("director.qian", "指挥长", "arbitrate"),
    ("evaluator.zheng", "考评员", "assessment, reports"),
    ("leader.wu", "领导", "see the city"),
    ("admin", "系统管理员", "people, catalogue, rules, calendars, processes, settings"),
    ("security", "安全管理员", "posts and roles"),
    ("audit", "审计管理员", "the audit log"),
)


@click.command("demo")
@click.option(
    "--size", type=float, default=1.0, show_default=True, help="How many times as large as usual the month is."
)
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0: everybody who reaches this machine.")
@click.option("--only-build", is_flag=True, help="Build the city and its month; do not serve.")
@with_appcontext
def command(size: float, port: int, host: str, only_build: bool) -> None:
    """Build the fictional city, replay its last full month, write the month's report, serve it."""
    started = time.perf_counter()
    flask_migrate.upgrade()
    with scheduler.lock("demo") as is_mine:
        if not is_mine:
            raise click.ClickException("another process is building this city")
        _build(size)
    click.echo(f"Ready after {time.perf_counter() - started:.0f} s.")
    _introduce(host, port)
    if not only_build:
        _serve(host, port)


def _build(size: float) -> None:
    """Found the city, play its month, write the report: whatever of it an earlier start has not done yet."""
    zone = current_config().time_zone
    if founding.is_empty():
        _announce("Founding the city")
        wanted = month.last_full(clock.now(), zone, size=size)
        founding.found("demo", at=datetime.combine(wanted.first, datetime.min.time(), zone) - FOUNDED_BEFORE)
    elif not founding.is_fictional():
        raise click.ClickException("this database holds a real city; the demo needs one of its own (DATABASE_URL)")
    wanted = month.begun() or month.last_full(clock.now(), zone, size=size)
    if not month.is_ended():
        _replay(wanted)
    if not _report(wanted).exists():
        _write_report(wanted)


def _replay(wanted: Month) -> None:
    """Play the month with a progress bar over its days. Ctrl-C: the next start goes on from there."""
    zone, started, acts = current_config().time_zone, time.perf_counter(), 0
    begin = datetime.combine(wanted.first, datetime.min.time(), zone)
    days = (wanted.until - begin).days + 1
    _announce(f"Replaying {wanted.first:%Y-%m}, some minutes")
    with tqdm(total=days, unit=" days", desc=f"Replaying {wanted.first:%Y-%m}", disable=None) as bar:
        try:
            for acts, happening in enumerate(month.replay(wanted, zone), start=1):  # noqa: B007 - told below
                bar.update((happening.at - begin).days - bar.n)
        except KeyboardInterrupt:
            click.echo("Stopped. The next start goes on from here.", err=True)
            sys.exit(130)
        except CityLoopError as reason:
            # A city in which one step was left undone is a city still.
            click.echo(f"Somebody of the month could not do his work: {reason}", err=True)
        bar.update(bar.total - bar.n)
    _tell(wanted)
    seconds = time.perf_counter() - started
    click.echo(f"{acts} acts in {seconds:.0f} s ({acts / max(seconds, 0.001):.0f} a second).")


def _tell(wanted: Month) -> None:
    """Everybody finds his messages; what is older than the month's last days counts as read, and nothing leaves."""
    notifications.address_due(clock.now(), is_silent=True)
    with unit_of_work():
        reading.read_before(wanted.until - UNREAD, at=clock.now())


def _write_report(wanted: Month) -> None:
    """The month's assessment as a PDF beside the data. A missing font or library does not keep the city closed."""
    name, zone = f"{wanted.first:%Y-%m}", current_config().time_zone
    _announce("Writing the month's report")
    try:
        with unit_of_work():
            kept = publishing.read(publishing.compute(name, zone, by=SYSTEM, at=clock.now()))
        document = monthly_assessment.write_pdf(kept, locale=DEFAULT_LOCALE, zone=zone, is_published=False)
    except (CityLoopError, FileNotFoundError) as reason:
        click.echo(f"The month's report could not be written: {reason}", err=True)
        return
    _report(wanted).write_bytes(document)
    click.echo(f"The month's report: {_shown(_report(wanted))}")


def _announce(part: str) -> None:
    """Say at once what takes a while now: without a terminal no bar of progress moves."""
    click.echo(f"{part} …")
    sys.stdout.flush()


def _report(wanted: Month) -> Path:
    return current_config().data_dir / f"monthly-assessment-{wanted.first:%Y-%m}.pdf"


def _introduce(host: str, port: int) -> None:
    address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}/"
    click.echo(f"\n{address}   password of everybody: {founding.PASSWORD}\n")
    for username, role, work in CAST:
        click.echo(f"  {username:<20} {role}  {work}")
    click.echo()
    sys.stdout.flush()


def _serve(host: str, port: int) -> None:
    """Become gunicorn: one process with threads, which does the timers' work, too."""
    db.session.remove()
    db.engine.dispose()
    os.chdir(ROOT)
    options = ["--config", "web/gunicorn.py", "--bind", f"{host}:{port}", "wsgi:app"]
    environment = os.environ | {"CITYLOOP_EMBEDDED_WORKER": "1"}
    os.execve(sys.executable, [sys.executable, "-m", "gunicorn", *options], environment)  # noqa: S606


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
