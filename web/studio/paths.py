"""A dry run: every path of a draft or version, each drawn on the picture and told in words."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine.process import drawing
from engine.studio import paths
from web.admin.wording import CLOCKS
from web.guards import requires
from web.studio import trying
from web.studio.door import door
from web.studio.trying import SEEN_BY, Facts, Tried


@door.get("/drafts/<int:draft_id>/paths")
@requires(*SEEN_BY)
def draft_paths(draft_id: int) -> ResponseReturnValue:
    """The paths of a draft as it stands."""
    return _page(trying.draft(draft_id))


@door.get("/versions/<int:definition_id>/paths")
@requires(*SEEN_BY)
def version_paths(definition_id: int) -> ResponseReturnValue:
    """The paths of a version."""
    return _page(trying.version(definition_id))


def _page(tried: Tried) -> str:
    report = paths.report(tried.xml)
    wanted = request.args.get("path", 1, type=int)
    chosen = next((path for path in report.paths if path.number == wanted), next(iter(report.paths), None))
    return render_template(
        "studio/paths.html",
        tried=tried,
        report=report,
        chosen=chosen,
        empty_roles=paths.without_holders(report.roles),
        roles=trying.role_names(),
        named=lambda nodes: [report.names.get(node, node) for node in nodes],
        facts=Facts(tried.xml),
        picture=drawing.read(tried.xml),
        clock_names=CLOCKS,
        form_title=trying.form_title,
    )
