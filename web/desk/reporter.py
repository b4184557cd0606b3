"""Showing who reported: an act of its own, which the audit log keeps."""

from flask.typing import ResponseReturnValue

from engine.access.permissions import Permission
from engine.cases import queries, reporters
from engine.kit import clock
from web.desk import case_page
from web.desk.door import door
from web.guards import requires
from web.session import current_actor


@door.post("/cases/<int:case_id>/reporter-disclosures")
@requires(Permission.reporter_reveal)
def disclose_reporter(case_id: int) -> ResponseReturnValue:
    """The case page with the citizen's name and number, this once."""
    case = queries.get(case_id, current_actor())
    return case_page.page(case, reporters.reveal(case, by=current_actor(), at=clock.now()))
