"""The list of months, and the page of one: every number leads to the cases that it counts."""

from typing import Any, cast

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.evaluation import formulas, periods, publishing, thresholds
from engine.evaluation.models import MonthlyAssessment, State
from engine.evaluation.snapshot import Snapshot
from engine.kit import clock
from engine.kit.db import unit_of_work
from engine.kit.i18n import N_
from reports import monthly_assessment
from reports.monthly_chapters import chapters
from reports.parts import Cell, Figure
from reports.wording import Wording
from web import languages
from web.configuration import current_config
from web.confirming import asks_first
from web.edge import reads_first
from web.evaluation.door import door
from web.guards import requires
from web.session import current_actor


@door.get("/")
@requires(Permission.evaluation_read)
def months() -> str:
    """Every month that can be assessed, newest first, with its first numbers where it was computed."""
    zone, now = current_config().time_zone, clock.now()
    names = publishing.months(zone, at=now)
    kept = {name: (row, publishing.read(row)) for name, row in publishing.kept(names).items()}
    return render_template(
        "evaluation/months.html",
        names=names,
        kept=kept,
        words=wording(),
        formulas=formulas,
        State=State,
        this_month=periods.month_of(now, zone),
        opened=address_of,
    )


@door.get("/<month>")
@requires(Permission.evaluation_read)
def month(month: str) -> str:
    """One month. What was not computed yet is not computed by looking at it: the page offers to."""
    row, words = publishing.find(month), wording()
    shared = {"month": month, "words": words, "row": row, "State": State, "neighbours": neighbours(month)}
    if row is None:
        return render_template("evaluation/not_computed.html", **shared, is_future=_is_future(month))
    kept = publishing.read(row)
    return render_template(
        "evaluation/month.html",
        **shared,
        kept=kept,
        chapters=chapters(kept, words),
        is_figure=_is_figure,
        headline=monthly_assessment.headline(kept, words),
        opened=address_of,
        chart=_chart,
        may_publish=_may_publish(row, kept),
    )


@door.post("/<month>/computation")
@requires(Permission.evaluation_read)
@reads_first
def compute(month: str) -> ResponseReturnValue:
    """Count the month as it stands now, unless it is published. Raises MonthPublished, MonthNotBegun."""
    by, counted = current_actor(), publishing.count(month, current_config().time_zone, at=clock.now())
    with unit_of_work():
        publishing.keep(counted, by=by)
    flash(_("The numbers are as of now."))
    return redirect(url_for(".month", month=month), 303)


@door.post("/<month>/publication")
@requires(Permission.evaluation_publish)
@asks_first(
    N_("Publish"),
    N_(
        "The numbers are frozen as they stand on this page and cannot be computed again, whatever becomes of the cases."
    ),
)
def publish(month: str) -> ResponseReturnValue:
    """Freeze the numbers of a month that is over. Raises MonthNotOver, MonthPublished, MonthNotComputed."""
    publishing.publish(month, by=current_actor(), at=clock.now())
    flash(_("The month is published. Its numbers do not change any more."))
    return redirect(url_for(".month", month=month), 303)


def wording() -> Wording:
    """This reader's language and the city's clock."""
    return Wording(languages.chosen(), current_config().time_zone)


def address_of(cell: Cell) -> str | None:
    """Where a cell leads: to its case, or to the cases that it counts, as far as this reader sees those."""
    if cell.case_id is not None:
        return url_for("desk.case", case_id=cell.case_id)
    if not cell.opens:
        return None
    reach, query = current_actor().reach, cast("dict[str, Any]", cell.opens)
    if reach.city or cell.opens.get("department") in {str(number) for number in reach.department_ids}:
        return url_for("desk.cases", **query)
    return None


def neighbours(month: str) -> tuple[str | None, str | None]:
    """The months before and after, where they can be assessed."""
    known = publishing.months(current_config().time_zone, at=clock.now(), count=240)
    before, after = periods.shifted(month, -1), periods.shifted(month, 1)
    return (before if before in known else None), (after if after in known else None)


def _chart(figure: Figure) -> dict[str, object]:
    return {"height": figure.height, "option": figure.option}


def _is_figure(part: object) -> bool:
    return isinstance(part, Figure)


def _is_future(month: str) -> bool:
    return thresholds.month(month, current_config().time_zone, as_of=clock.now()).start > clock.now()


def _may_publish(row: MonthlyAssessment, kept: Snapshot) -> bool:
    allowed = current_actor().has(Permission.evaluation_publish)
    return allowed and row.state != State.published and kept.period.is_over
