"""Watching: versions and their cases, how cases come through one version's nodes, the cases behind a number."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from engine.access.permissions import Permission
from engine.cases.models import Case
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import NotFound
from engine.kit.i18n import N_
from engine.process import charts, drawing
from engine.studio import heat, watching
from engine.studio.heat import Found, Heat, Node, Shade
from web import times
from web.guards import requires
from web.studio import versions
from web.studio.door import door

PERIODS = (7, 30, 90, 365)
MEASURES = {
    "here": N_("Cases now"),
    "median": N_("Usual time (median)"),
    "slow": N_("Slow time (9 of 10 are faster)"),
    "late": N_("Share overdue"),
    "again": N_("Done again"),
}
SAYS = {
    "here": N_("The darker a step, the more cases are there now."),
    "median": N_("The darker a step, the longer cases usually stay there: half of them are faster."),
    "slow": N_("The darker a step, the longer slow cases stay there: nine of ten are faster."),
    "late": N_("The darker a step, the more often it was not done by its due moment."),
    "again": N_("The darker a step, the more often cases came back to it."),
}
TITLES = {
    "here": N_("Cases that are here now"),
    "overdue": N_("Cases that are overdue here"),
    "failed": N_("Cases with an incident here"),
    "late": N_("Cases that were late here, or are by now"),
    "median": N_("Cases by the time they stayed here"),
    "slow": N_("Cases by the time they stayed here"),
    "again": N_("Cases that came here more than once"),
}

WHOLE = {
    "here": N_("Cases that are under way"),
    "overdue": N_("Cases with a step that is overdue"),
    "failed": N_("Cases with an incident"),
    "late": N_("Cases with a step that was late, or is by now"),
    "finished": N_("Cases that ended in the last 30 days"),
}
"""The same of the whole version, whatever the node."""


@dataclass(frozen=True)
class Line:
    """One case behind a number; ``number`` is its case number, if it is a case."""

    found: Found
    number: str | None


@door.get("/watch")
@requires(Permission.process_watch)
def watch() -> ResponseReturnValue:
    """Every version with what runs, waits and failed on it."""
    return render_template("studio/watch.html", versions=watching.versions(clock.now()))


@door.get("/watch/<int:definition_id>")
@requires(Permission.process_watch)
def heat_map(definition_id: int) -> ResponseReturnValue:
    """One version as a heat map, and the same numbers as a table."""
    row, at, days = versions.find(definition_id), clock.now(), _days()
    since, until = heat.period(days, at)
    found = heat.of(row.id, charts.shared(row.digest, row.id), since=since, until=until, at=at)
    measure = _measure("here")
    warm = [node for node in found.nodes if node.measured(measure)]
    return render_template(
        "studio/heat.html",
        version=row,
        picture=drawing.shared(row.digest, row.id),
        heat=found,
        total=found.total,
        warmth=found.warmth(measure),
        badges={node.id: _said(node.measured(measure), measure) for node in warm},
        links={
            node.id: url_for(".cases_behind", definition_id=row.id, node=node.id, by=measure, days=days)
            for node in warm
        },
        shades=[_shade(each, measure) for each in found.shades(measure)],
        rows=_sorted(found, measure),
        measure=measure,
        says=SAYS[measure],
        measures=[_choice(row.id, _(name), key, days, is_here=key == measure) for key, name in MEASURES.items()],
        periods=[_choice(row.id, _("%(days)s days", days=n), measure, n, is_here=n == days) for n in PERIODS],
        days=days,
        duration=times.duration,
    )


@door.get("/watch/<int:definition_id>/cases")
@requires(Permission.process_watch)
def cases_behind(definition_id: int) -> ResponseReturnValue:
    """The cases behind one number of the heat map."""
    row, at, node = versions.find(definition_id), clock.now(), request.args.get("node", "")
    chart, measure = charts.shared(row.digest, row.id), request.args.get("by", "here")
    if measure not in (TITLES if node else WHOLE) or (node and node not in chart.nodes):
        raise NotFound
    since, until = heat.period(_days(), at)
    found = heat.behind(row.id, chart, node, measure, since=since, until=until, at=at)
    return render_template(
        "studio/behind.html",
        version=row,
        place=chart.label(node) if node else "",
        title=TITLES[measure] if node else WHOLE[measure],
        measure=measure,
        lines=_lines(found),
        is_cut=len(found) >= heat.LISTED,
        most=heat.LISTED,
        days=_days(),
        duration=times.duration,
    )


def _days() -> int:
    typed = request.args.get("days", "")
    return int(typed) if typed.isdecimal() and len(typed) < 5 and int(typed) in PERIODS else 30


def _measure(otherwise: str) -> str:
    typed = request.args.get("by", otherwise)
    return typed if typed in MEASURES else otherwise


def _choice(definition_id: int, name: str, measure: str, days: int, *, is_here: bool) -> dict[str, object]:
    """A link to the same map, seen otherwise."""
    address = url_for(".heat_map", definition_id=definition_id, by=measure, days=days)
    return {"name": name, "address": address, "is_here": is_here}


def _said(figure: float, measure: str) -> str:
    """A figure as it stands beside its node."""
    if measure in {"median", "slow"}:
        return times.duration(figure)
    return f"{figure:.0%}" if measure == "late" else f"{figure:.0f}"


def _shade(shade: Shade, measure: str) -> tuple[int, str]:
    """A colour of the picture, and the figures that it stands for."""
    least, most = _said(shade.least, measure), _said(shade.most, measure)
    return shade.warmth, least if least == most else _("%(least)s to %(most)s", least=least, most=most)


def _sorted(found: Heat, measure: str) -> list[Node]:
    """The rows of the table: those with anything to say, the warmest first."""
    said = [node for node in found.nodes if node.here or node.passed or node.failed]
    return sorted(said, key=lambda node: -node.measured(measure))


def _lines(found: list[Found]) -> list[Line]:
    ids = {each.subject_id for each in found if each.subject_kind == "case"}
    numbers = dict(db.session.execute(select(Case.id, Case.number).where(Case.id.in_(ids))).tuples().all())
    return [Line(each, numbers.get(each.subject_id) if each.subject_kind == "case" else None) for each in found]
