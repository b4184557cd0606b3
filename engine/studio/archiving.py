"""Exporting: the configuration in force, or some parts of it, as one archive.

It carries no people, no passwords, no cases: who serves where, and what was reported, stay with the city.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from engine.audit import recording
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer
from engine.organization.models import Department
from engine.studio import archive_file
from engine.studio.archive_file import Origin
from engine.studio.parts import registry


def export(names: Collection[str], *, name: str, version: str, issuer: str, by: Doer, at: datetime) -> bytes:
    """The parts ``names`` as an archive that says what it is called. Raises Invalid for ``name`` and ``parts``."""
    if not name.strip():
        raise Invalid.field("name", N_("Please say what the archive is called."))
    if not names:
        raise Invalid.field("parts", N_("Please choose at least one part."))
    content = packed(names, Origin.made(name, version, issuer, city=_city(), by=by.name, at=at))
    detail = {"name": name, "version": version, "parts": sorted(names)}
    recording.record("configuration.exported", by=by, at=at, object_kind="configuration", detail=detail)
    return content


def packed(names: Collection[str], origin: Origin) -> bytes:
    """What is in force of the parts ``names``, in one file; of names that are no parts, nothing."""
    parts = [part for part in registry.PARTS if part.name in names]
    return archive_file.pack(origin, {part.name: part.files(part.read()) for part in parts})


def origin_here(name: str, *, by: Doer, at: datetime) -> Origin:
    """What an archive says of itself that the program makes for its own keeping."""
    return Origin.made(name, "", "", city=_city(), by=by.name, at=at)


def _city() -> str:
    """The name of the first department: the centre that this installation serves."""
    return db.session.scalar(select(Department.name).order_by(Department.id).limit(1)) or ""
