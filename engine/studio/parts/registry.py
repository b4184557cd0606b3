"""Every part of a configuration, in the order in which they are applied: what others name comes first."""

from engine.kit.i18n import N_
from engine.studio.errors import ArchiveRefused
from engine.studio.parts import (
    authority,
    calendars,
    catalogue,
    departments,
    forms,
    ladder,
    processes,
    roles,
    settings,
    tables,
)
from engine.studio.parts.part import Part

PARTS: tuple[Part, ...] = (
    departments.PART,
    roles.PART,
    settings.PART,
    calendars.PART,
    catalogue.CATEGORIES,
    catalogue.CONDITIONS,
    authority.PART,
    tables.PART,
    ladder.PART,
    forms.PART,
    processes.PART,
)


def find(name: str) -> Part:
    """The part of this name. Raises ArchiveRefused where there is none."""
    part = next((one for one in PARTS if one.name == name), None)
    if part is None:
        raise ArchiveRefused(N_("The archive has a part that this program does not know: %(part)s"), part=name)
    return part
