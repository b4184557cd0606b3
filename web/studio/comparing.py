"""Two versions beside each other, and the list of what is different between two drawings."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from engine.kit.errors import NotFound
from engine.process import differences, drawing
from web.guards import requires
from web.studio.door import door
from web.studio.element_words import ElementWords
from web.studio.versions import SEEN_BY, find


@door.get("/versions/<int:definition_id>/differences/<int:other_id>")
@requires(*SEEN_BY)
def compare(definition_id: int, other_id: int) -> ResponseReturnValue:
    """Two versions side by side: what came, went, changed or moved."""
    before, after = find(definition_id), find(other_id)
    if before.key != after.key:
        raise NotFound
    return render_template("studio/compare.html", before=before, after=after, **compared(before.xml, after.xml))


def compared(before: str, after: str) -> dict[str, Any]:
    """What the two pictures and the list of a comparison are made of."""
    found = differences.between(before, after)
    marks = {one.id: str(one.kind) for one in found}
    return {
        "pictures": (drawing.read(before), drawing.read(after)),
        "marks": tuple({key: mark for key, mark in marks.items() if mark != gone} for gone in ("added", "removed")),
        "differences": found,
        "counts": {kind: sum(one.kind == kind for one in found) for kind in differences.Kind},
        "words": ElementWords(differences.nameless(before, after)),
    }
