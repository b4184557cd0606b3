"""`flask password NAME`: set anybody's password on the server itself, the administrators' own included."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from engine.access.actors import SYSTEM
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from engine.organization import passwords
from engine.organization.models import User


@click.command("password")
@click.argument("username")
@click.password_option("--password", help="Asked for where it is not given.")
@with_appcontext
def command(username: str, password: str) -> None:
    """Set the password of USERNAME, unlock the account, end its sessions."""
    try:
        with unit_of_work():
            user = db.session.scalar(select(User).where(User.username == username))
            if user is None:
                raise click.ClickException(f"there is no user {username}")
            passwords.reset(user, password, by=SYSTEM, at=clock.now())
    except Invalid as refusal:
        raise click.ClickException(str(refusal.fields["password"][0])) from refusal
    click.echo(f"The password of {username} is set.")
