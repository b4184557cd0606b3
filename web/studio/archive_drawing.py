"""A drawing of an archive beside the one in force: nobody agrees to a drawing that he has not seen."""

from flask import render_template
from flask.typing import ResponseReturnValue

from engine.access.permissions import Permission
from engine.kit.errors import NotFound
from engine.studio import archive_file, archives, drafting
from engine.studio.parts import processes
from web.guards import requires
from web.studio.comparing import compared
from web.studio.door import door
from web.studio.reviews import EMPTY


@door.get("/archives/<int:archive_id>/drawings/<key>")
@requires(Permission.configuration_carry, Permission.configuration_review)
def archive_drawing(archive_id: int, key: str) -> ResponseReturnValue:
    """Both drawings of one process, and the list of what is different."""
    row = archives.find(archive_id)
    files = archive_file.unpack(row.content).parts.get(processes.PART.name, {})
    after = processes.PART.items(files).get(key)
    if after is None:
        raise NotFound
    before = processes.PART.read().get(key)
    return render_template(
        "studio/archive_drawing.html",
        row=row,
        name=drafting.name_in(after) or key,
        is_new=before is None,
        **compared(before or EMPTY, after),
    )
