"""The city's own statistics, read: a table with its chart over days of the reader's choice, and as a workbook."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.kit import clock
from engine.kit.errors import FieldError, Invalid
from engine.statistics import queries, reading, spans
from engine.statistics.layout import Layout
from engine.statistics.models import Statistic
from engine.statistics.reading import Reading
from engine.statistics.spans import Days
from reports import statistic as report
from reports.parts import Cell, Figure
from web import languages
from web.configuration import current_config
from web.desk.wording import STAGES
from web.evaluation.documents import XLSX
from web.evaluation.door import door
from web.evaluation.months import wording
from web.guards import requires
from web.session import current_actor

CHOSEN = "chosen"


@dataclass
class Asked:
    """The period that the address asks for, as typed and as days, or what is wrong with it."""

    kind: str
    typed: tuple[str, str]
    days: Days
    errors: dict[str, list[FieldError]]


@door.get("/statistics")
@requires(Permission.evaluation_read)
def statistics() -> str:
    """Every statistic that is meant for this reader."""
    return render_template(
        "evaluation/statistics.html", rows=queries.readable_by(current_actor()), name_of=name_of, periods=spans.KINDS
    )


@door.get("/statistics/<int:statistic_id>")
@requires(Permission.evaluation_read)
def statistic(statistic_id: int) -> ResponseReturnValue:
    """One statistic over the asked days. Raises NoSuchStatistic."""
    row = queries.read(statistic_id, current_actor())
    shown, status = counted(row)
    return render_template("evaluation/statistic.html", row=row, name=name_of(row), **shown), status


@door.get("/statistics/<int:statistic_id>/workbook.xlsx")
@requires(Permission.evaluation_read)
def statistic_workbook(statistic_id: int) -> ResponseReturnValue:
    """The same table as a workbook; the page again where the asked days make no sense. Raises NoSuchStatistic."""
    row = queries.read(statistic_id, current_actor())
    shown, status = counted(row)
    if shown["part"] is None:
        return render_template("evaluation/statistic.html", row=row, name=name_of(row), **shown), status
    file = BytesIO()
    report.write_workbook(file, shown["part"], subtitle=shown["told"], words=wording())
    file.seek(0)
    return send_file(file, XLSX, as_attachment=True, download_name=f"statistic-{row.id}.xlsx")


def counted(row: Statistic) -> tuple[dict[str, Any], int]:
    """What a page shows of a statistic for this reader, and its status: 422 where the asked days make no sense."""
    layout, words = Layout.from_json(row.layout), wording()
    asked, part, drawn, found = _asked(layout), None, None, None
    if not asked.errors:
        try:
            found = _read(layout, asked.days)
        except Invalid as refusal:
            asked.errors = refusal.fields
    if found is not None:
        part = report.table(name_of(row), found, words, STAGES)
        drawn = report.figure(found, words, STAGES)
    page = {
        "layout": layout,
        "words": words,
        "asked": asked,
        "periods": spans.KINDS,
        "part": part,
        "figure_part": drawn,
        "told": _told(found) if found else "",
        "narrowed": report.narrowed_to(found, words, STAGES) if found else [],
        "terms": report.terms(layout, words),
        "opened": opened,
        "chart": chart,
        "has_city": current_actor().reach.city,
    }
    return page, 422 if asked.errors else 200


def name_of(row: Statistic) -> str:
    """A statistic's name in the reader's language."""
    return row.name_en if languages.chosen() == "en" else row.name


def opened(cell: Cell) -> str | None:
    """Where a figure leads: to the cases that it counts. All of them are this reader's to see."""
    query: dict[str, Any] = dict(cell.opens or {})
    return url_for("desk.cases", **query) if query else None


def chart(figure: Figure) -> dict[str, object]:
    """What the script draws."""
    return {"height": figure.height, "option": figure.option}


def _read(layout: Layout, days: Days) -> Reading:
    return reading.read(layout, days, current_config().time_zone, actor=current_actor(), at=clock.now())


def _asked(layout: Layout) -> Asked:
    """A statistic whose period is not free is always read over its own."""
    args = request.args if layout.is_period_free else {}
    kind, typed = args.get("period", ""), (args.get("from", ""), args.get("until", ""))
    if any(typed) and kind == args.get("shown"):
        kind = CHOSEN  # days were typed, and the choice beside them left as it was
    if kind != CHOSEN:
        kind = kind if kind in spans.KINDS else layout.period
        return Asked(kind, ("", ""), spans.days(kind, _today()), {})
    try:
        return Asked(CHOSEN, typed, spans.chosen(*typed), {})
    except Invalid as refusal:
        return Asked(CHOSEN, typed, spans.days(layout.period, _today()), refusal.fields)


def _today() -> date:
    return clock.local(clock.now(), current_config().time_zone).date()


def _told(found: Reading) -> str:
    """Of which days, as of when, and over what."""
    period, words = found.counted.period, wording()
    first, last = (words.day(date.fromisoformat(day)) for day in period.name.split(".."))
    moment = words.minute(period.as_of)
    scope = _("the whole city") if current_actor().reach.city else _("the cases that you may see")
    return _("%(first)s to %(last)s, as of %(moment)s; counted over %(scope)s.", first=first, last=last,
             moment=moment, scope=scope)  # fmt: skip
