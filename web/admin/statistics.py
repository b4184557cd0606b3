"""Statistics: which tables readers find at the door of assessment, and what each shows."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access import policy
from engine.access.permissions import Permission
from engine.cases.routing import SOURCES
from engine.catalog import code_system
from engine.catalog import queries as catalog
from engine.catalog.excel import KINDS
from engine.evaluation.dimensions import major_key
from engine.forms import catalogue as forms
from engine.forms.definition import YES, Option
from engine.kit import clock
from engine.kit.i18n import N_
from engine.statistics import defining, measures, ordering, queries, retiring, spans
from engine.statistics.defining import Content
from engine.statistics.layout import FILTERS, Layout
from reports import statistic as report
from reports.wording import LINES
from web.admin import choices
from web.admin.door import door
from web.confirming import asks_first
from web.desk.wording import STAGES
from web.evaluation import statistics as reading
from web.filling import Filling
from web.guards import requires
from web.session import current_actor

BEGUN = {"leading": "filed", "counts": ["filed", "due_handling"], "rates": ["R10"], "period": "last_month",
         "has_chart": YES, "is_period_free": YES}  # fmt: skip
"""What a new statistic begins with."""


@door.get("/statistics")
@requires(Permission.statistics_manage)
def statistics() -> str:
    """Every statistic in the order in which readers find them, retired ones last."""
    return render_template(
        "admin/statistics.html",
        rows=queries.everything(),
        name_of=reading.name_of,
        lines=LINES,
        layouts=Layout.from_json,
        periods=spans.KINDS,
    )


@door.route("/statistics/new", methods=["GET", "POST"])
@requires(Permission.statistics_manage)
def new_statistic() -> ResponseReturnValue:
    """Define one."""
    filling = _filling(BEGUN)
    made = []
    if filling.done(lambda values: made.append(defining.define(_content(values), by=current_actor(), at=clock.now()))):
        flash(_("The statistic is in use. This is what you see of it."), "success")
        return redirect(url_for(".preview_statistic", statistic_id=made[0].id), 303)
    return render_template("admin/statistic.html", row=None, filling=filling, filters=FILTERS), filling.status


@door.route("/statistics/<int:statistic_id>", methods=["GET", "POST"])
@requires(Permission.statistics_manage)
def statistic(statistic_id: int) -> ResponseReturnValue:
    """Change one: a version more. Raises NoSuchStatistic, StatisticChanged, StatisticRetired."""
    row = queries.get(statistic_id)
    filling = _filling(_typed(defining.content_of(row)))
    if filling.done(
        lambda values: defining.change(
            statistic_id, _content(values), version=_version(), by=current_actor(), at=clock.now()
        )
    ):
        flash(_("Saved. This is what you see of it."), "success")
        return redirect(url_for(".preview_statistic", statistic_id=statistic_id), 303)
    page = render_template(
        "admin/statistic.html",
        row=row,
        filling=filling,
        filters=FILTERS,
        version=_version() or row.version,
        versions=queries.versions(row),
        name=reading.name_of(row),
    )
    return page, filling.status


@door.get("/statistics/<int:statistic_id>/preview")
@requires(Permission.statistics_manage)
def preview_statistic(statistic_id: int) -> ResponseReturnValue:
    """What its readers see, over the cases that this administrator may see: the system administrator's own are none."""
    row = queries.get(statistic_id)
    shown, status = reading.counted(row)
    sees_cases = policy.takes_part(current_actor().permissions)
    page = render_template(
        "admin/statistic_preview.html", row=row, name=reading.name_of(row), sees_cases=sees_cases, **shown
    )
    return page, status


@door.post("/statistics/<int:statistic_id>/copy")
@requires(Permission.statistics_manage)
def copy_statistic(statistic_id: int) -> ResponseReturnValue:
    """Another one like it, to be changed. Raises NoSuchStatistic."""
    made = defining.copy(statistic_id, by=current_actor(), at=clock.now())
    flash(_("Copied. Give the copy its own names."), "success")
    return redirect(url_for(".statistic", statistic_id=made.id), 303)


@door.post("/statistics/<int:statistic_id>/position")
@requires(Permission.statistics_manage)
def move_statistic(statistic_id: int) -> ResponseReturnValue:
    """One place up or down. Raises NoSuchStatistic."""
    ordering.move(statistic_id, earlier=request.form.get("to") == "up", by=current_actor(), at=clock.now())
    return redirect(url_for(".statistics", _anchor=f"statistic-{statistic_id}"), 303)


@door.post("/statistics/<int:statistic_id>/retirement")
@requires(Permission.statistics_manage)
@asks_first(
    N_("Retire the statistic"), N_("Readers find it no more. Its versions are kept, and it can be brought back.")
)
def retire_statistic(statistic_id: int) -> ResponseReturnValue:
    """Take it out of use. Raises NoSuchStatistic, StatisticChanged, StatisticRetired."""
    retiring.retire(statistic_id, version=_version(), by=current_actor(), at=clock.now())
    flash(_("The statistic is retired."), "success")
    return redirect(url_for(".statistics"), 303)


@door.post("/statistics/<int:statistic_id>/return")
@requires(Permission.statistics_manage)
def reinstate_statistic(statistic_id: int) -> ResponseReturnValue:
    """Into use again. Raises NoSuchStatistic."""
    retiring.reinstate(statistic_id, by=current_actor(), at=clock.now())
    flash(_("Readers find the statistic again."), "success")
    return redirect(url_for(".statistics"), 303)


@door.post("/statistics/<int:statistic_id>/versions/<int:number>/return")
@requires(Permission.statistics_manage)
def restore_statistic(statistic_id: int, number: int) -> ResponseReturnValue:
    """An earlier version once more. Raises NoSuchStatistic, StatisticChanged, StatisticRetired."""
    defining.bring_back(statistic_id, number, version=_version(), by=current_actor(), at=clock.now())
    flash(_("Version %(number)s is in use again, as the newest one.", number=number), "success")
    return redirect(url_for(".statistic", statistic_id=statistic_id), 303)


def _version() -> int:
    """The version that the page was made of; 0 where none came, which is never the present one."""
    return request.form.get("version", 0, type=int)


def _filling(initial: dict[str, Any]) -> Filling:
    words = reading.wording()
    counts, rates, times = (
        [Option(one.name, report.label(one, words)) for one in some.values()]
        for some in (measures.COUNTS, measures.RATES, measures.TIMES)
    )
    system = code_system.current()
    options = {
        "lines": choices.of(LINES),
        "figures": [*counts, *rates, *times],
        "counts": counts,
        "rates": rates,
        "times": times,
        "periods": [Option(name, label) for name, (label, _days) in spans.KINDS.items()],
        "departments": choices.departments(),
        "districts": choices.regions("district"),
        "majors": [
            Option(major_key(system, kind, code), name) for kind, code, name in catalog.majors(code_system=system)
        ],
        "kinds": choices.of(KINDS),
        "sources": choices.of(SOURCES),
        "stages": choices.of(STAGES),
        "roles": choices.roles(),
    }
    return Filling(forms.load("statistic"), initial=initial, options=options)


def _content(values: dict[str, Any]) -> Content:
    figures = (values["leading"], *values["counts"], *values["rates"], *values["times"])
    layout = Layout(
        rows=values["rows"],
        columns=values["columns"] or "",
        figures=tuple(dict.fromkeys(figures)),
        filters={name: values[name] for name in FILTERS if values[name]},
        order=values["order"],
        has_chart=values["has_chart"],
        period=values["period"],
        is_period_free=values["is_period_free"],
    )
    return Content(values["name"], values["name_en"], values["note"], layout, tuple(values["roles"]))


def _typed(content: Content) -> dict[str, Any]:
    """What is kept, as the form's fields show it."""
    layout = content.layout
    kinds = {"counts": measures.COUNTS, "rates": measures.RATES, "times": measures.TIMES}
    ticked = {name: [one for one in layout.figures if one in known] for name, known in kinds.items()}
    plain = {name: getattr(layout, name) for name in ("rows", "columns", "order", "period")}
    boxes = {name: YES if getattr(layout, name) else "" for name in ("has_chart", "is_period_free")}
    names = {"name": content.name, "name_en": content.name_en, "note": content.note, "roles": list(content.roles)}
    leading = next(iter(layout.figures), "")
    return {**names, **plain, **boxes, **ticked, **layout.filters, "leading": leading}
