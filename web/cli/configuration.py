"""``flask configuration``: the configuration of a city out as an archive, compared with one, and in for review."""

from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from engine.access import actors
from engine.access.actors import SYSTEM, Actor
from engine.access.permissions import Permission
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.kit.errors import CityLoopError, Invalid, NotAllowed
from engine.organization.models import User
from engine.studio import archive_file, archive_rehearsing, archives, archiving
from engine.studio.archive_comparing import Difference
from engine.studio.archive_rehearsing import Look
from engine.studio.parts import registry

command = AppGroup("configuration", help="Export the configuration, compare it with an archive, bring one in.")
PARTS = click.Choice([part.name for part in registry.PARTS])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SIGNS = {"added": "+", "changed": "≠", "removed": "−"}


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="What the archive is called.")
@click.option("--version", default="", help="Which version of it this is.")
@click.option("--issuer", default="", help="Who issues it.")
@click.option("--part", "parts", type=PARTS, multiple=True, help="Only this part; may be given several times.")
def export(file: Path, name: str, version: str, issuer: str, parts: tuple[str, ...]) -> None:
    """Write the configuration in force to FILE, a zip; prints its SHA-256."""
    names = parts or tuple(part.name for part in registry.PARTS)
    try:
        with unit_of_work():
            content = archiving.export(names, name=name, version=version, issuer=issuer, by=SYSTEM, at=clock.now())
    except CityLoopError as error:
        raise refusal(error) from error
    file.write_bytes(content)
    click.echo(f"{archive_file.digest(content)}  {file}")


@command.command("diff")
@click.argument("file", type=FILE)
def diff(file: Path) -> None:
    """Tell what FILE would change here; nothing is written. Ends with 1 where that is anything, or is refused."""
    try:
        found = archive_rehearsing.rehearse(archive_rehearsing.items(archive_file.unpack(read(file))), clock.now())
    except CityLoopError as error:
        raise refusal(error) from error
    finally:
        db.session.rollback()
    for look in found:
        tell(look)
    if any(look.problems or look.differences for look in found):
        raise click.exceptions.Exit(1)


@command.command("import")
@click.argument("file", type=FILE)
@click.option("--as", "username", required=True, help="The administrator in whose name it is brought in.")
@click.option("--part", "parts", type=PARTS, multiple=True, help="Hand this part in for review; may be given again.")
@click.option("--note", default="", help="Why, for the second person who reviews it.")
def import_(file: Path, username: str, parts: tuple[str, ...], note: str) -> None:
    """Bring FILE in and, with --part, hand it in. Another administrator agrees in the browser: never this command."""
    try:
        with unit_of_work():
            by, at = administrator(username), clock.now()
            row = archives.bring(read(file), by=by, at=at)
            if parts:
                archives.submit(row.id, parts, note=note, by=by, at=at)
            told = f"/studio/archives/{row.id}: {row.state}"
    except CityLoopError as error:
        raise refusal(error) from error
    click.echo(told)


def read(file: Path) -> bytes:
    """The file, no more of it than tells that it is too large."""
    with file.open("rb") as stream:
        return stream.read(archive_file.MOST_PACKED + 1)


def administrator(username: str) -> Actor:
    """An administrator who may bring archives in. Raises NotAllowed."""
    user_id = db.session.scalar(select(User.id).where(User.username == username))
    actor = actors.load(user_id) if user_id is not None else None
    if actor is None or not actor.has(Permission.configuration_carry):
        raise NotAllowed
    return actor


def tell(look: Look) -> None:
    """One part: its problems, or each difference with its lines."""
    counts: dict[str, Any] = look.plain()
    told = ", ".join(f"{counts[name]} {name}" for name in ("added", "changed", "removed", "same"))
    click.echo(f"{look.part}: {'cannot be put in force' if look.problems else told}")
    for problem in look.problems:
        click.echo(f"  ! {problem.key}: {problem.text % problem.params if problem.params else problem.text}")
    for difference in look.differences:
        tell_difference(difference)


def tell_difference(difference: Difference) -> None:
    """What becomes of one item, line by line."""
    click.echo(f"  {SIGNS[difference.kind]} {difference.title}")
    if difference.kind == "changed":
        for line in difference.lines:
            click.echo(f"      {line.name}: {line.before or '–'} → {line.after or '–'}")


def refusal(error: CityLoopError) -> click.ClickException:
    """Everything that is wrong, in English sentences."""
    inner = [str(each) for found in error.fields.values() for each in found] if isinstance(error, Invalid) else []
    return click.ClickException("\n".join([error.sentence, *inner]))
