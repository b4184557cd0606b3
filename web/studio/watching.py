"""Watching: versions and their cases, how cases come through one version's nodes, the cases behind a number."""

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine.access.permissions import Permission
from engine.cases.models import Case
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import NotFound
from engine.kit.i18n import N_
from engine.process import charts, drawing
from engine.studio import heat, watching
from engine.studio.heat import Found, Heat, Node
from web import times
from web.guards import requires
from web.studio import versions
from web.studio.door import door

PERIODS = (7, 30, 90, 365)
MEASURES = {
    "here": N_("Cases now"),
    "median": N_("Usual time (median)"),
    "slow": N_("Slow time (9 of 10 are faster)"),
    "overdue": N_("Share overdue"),
    "again": N_("Done again"),
}
TITLES = {
    "here": N_("Cases that are here now"),
    "overdue": N_("Cases that are overdue here"),
    "failed": N_("Cases with an incident here"),
    "median": N_("Cases by the time they stayed here"),
    "slow": N_("Cases by the time they stayed here"),
    "again": N_("Cases that came here more than once"),
}


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
    return render_template(
        "studio/heat.html",
        version=row,
        picture=drawing.shared(row.digest, row.id),
        heat=found,
        warmth=found.warmth(measure),
        badges={node.id: _badge(node, measure) for node in found.nodes},
        rows=_sorted(found, measure),
        measure=measure,
        measures=MEASURES,
        days=days,
        periods=PERIODS,
        duration=times.duration,
    )


@door.get("/watch/<int:definition_id>/cases")
@requires(Permission.process_watch)
def cases_behind(definition_id: int) -> ResponseReturnValue:
    """The cases behind one number of the heat map."""
    row, at, node = versions.find(definition_id), clock.now(), request.args.get("node", "")
    chart, measure = charts.shared(row.digest, row.id), request.args.get("by", "here")
    if node not in chart.nodes or measure not in TITLES:
        raise NotFound
    since, until = heat.period(_days(), at)
    found = heat.behind(row.id, chart, node, measure, since=since, until=until, at=at)
    return render_template(
        "studio/behind.html",
        version=row,
        node=chart.nodes[node],
        title=TITLES[measure],
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


def _badge(node: Node, measure: str) -> str:
    """What stands beside a node of the picture; nothing where there is nothing to say."""
    if measure in {"median", "slow"}:
        seconds = node.median if measure == "median" else node.slow
        return times.duration(seconds) if seconds else ""
    if measure == "overdue":
        return f"{node.overdue_share:.0%}" if node.overdue_share else ""
    return str(getattr(node, measure) or "")


def _sorted(found: Heat, measure: str) -> list[Node]:
    """The rows of the table: those with anything to say, the warmest first."""
    warmth = found.warmth(measure)
    said = [node for node in found.nodes if node.here or node.passed or node.failed]
    return sorted(said, key=lambda node: -warmth[node.id])


def _lines(found: list[Found]) -> list[Line]:
    ids = {each.subject_id for each in found if each.subject_kind == "case"}
    numbers = dict(db.session.execute(select(Case.id, Case.number).where(Case.id.in_(ids))).tuples().all())
    return [Line(each, numbers.get(each.subject_id) if each.subject_kind == "case" else None) for each in found]
