"""A dry run: every path of a draft or version, each drawn on the picture and told in words."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine.process import drawing
from engine.studio import paths
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
    end, wanted = request.args.get("end", ""), request.args.get("path", 0, type=int)
    shown = [path for path in report.paths if end in path.ends] if end in report.ends else list(report.paths)
    chosen = next((path for path in shown if path.number == wanted), next(iter(shown), None))
    return render_template(
        "studio/paths.html",
        tried=tried,
        report=report,
        shown=shown,
        chosen=chosen,
        end=end if end in report.ends else "",
        empty_roles=paths.without_holders(report.roles),
        roles=trying.role_names(),
        named=lambda nodes: [report.names.get(node, node) for node in nodes],
        facts=Facts(tried.xml),
        picture=drawing.read(tried.xml),
        clock_names=trying.CLOCKS,
        form_title=trying.form_title,
    )
