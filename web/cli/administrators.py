"""`flask administrators`: the roles and the three first accounts of a new city; everything else is set up from them."""

import secrets

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from engine.access import seeds
from engine.access.actors import SYSTEM
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.organization import departments, hiring
from engine.organization.models import Department
from engine.statistics import seeds as statistics
from engine.supervision import ladder

ACCOUNTS = {
    "admin": ("系统管理员", "system_administrator"),
    "security": ("安全管理员", "security_administrator"),
    "audit": ("审计管理员", "audit_administrator"),
}


@click.command("administrators")
@click.option("--city", default="城市管理监督指挥中心", show_default=True, help="Name of the first department.")
@with_appcontext
def command(city: str) -> None:
    """Create the roles and the system, security and audit administrators; print their first passwords once."""
    with unit_of_work():
        if db.session.scalar(select(Department.id).limit(1)) is not None:
            raise click.ClickException("this city has departments already")
        now = clock.now()
        seeds.ensure_roles()
        ladder.ensure()
        statistics.ensure(by=SYSTEM, at=now)
        center = departments.found("center", city, "center", by=SYSTEM, at=now)
        given = {username: _password() for username in ACCOUNTS}
        for username, (name, role) in ACCOUNTS.items():
            hiring.hire(username, name, given[username], [(center, role, None)], by=SYSTEM, at=now)
    for username, password in given.items():
        click.echo(f"{username}\t{password}")


def _password() -> str:
    """Random, and of all the kinds that are asked for."""
    return f"{secrets.token_urlsafe(12)}-Aa1"
