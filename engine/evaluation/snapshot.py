"""Everything that a month's assessment shows, taken at one moment, as plain data that can be kept."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from engine.cases.models import Case
from engine.catalog.models import Category
from engine.evaluation import counting, periods, ranking, sets, thresholds
from engine.evaluation.counting import Counts
from engine.evaluation.dimensions import major_key
from engine.evaluation.models import MonthlyAssessment
from engine.evaluation.periods import Period
from engine.grids.models import Region
from engine.kit.db import db
from engine.organization.models import Department
from engine.settings import values

VERSION = 1
LISTED = 40
"""So many cases are named in the lists of a report; the numbers beside them open the rest."""
TREND = 6
"""Months in the curves of a report, this one included."""
DAILY = ("reported", "closed")
CURVES = ("reported_at", "filed_at", "handling_due")
"""What the curves need of the months before the last one."""
COMPARED = tuple(anchor for anchor in sets.ANCHORS if anchor != "stock")
"""What can be told of another month: what was open then is not known any more."""


@dataclass
class Snapshot:
    """A month's numbers. Keys of ``by`` and ``names`` are those of ``dimensions``; ``before`` and ``year_ago`` totals.

    ``kinds`` are departments' kinds; ``places`` the ranks of departments, ``places_before`` those of the month before
    where it was kept; ``trend`` the totals of the last months by name; ``daily`` lists counts for each day.
    ``issuer`` is who assesses.
    """

    period: Period
    issuer: str
    total: Counts
    before: Counts
    year_ago: Counts
    by: dict[str, dict[str, Counts]]
    names: dict[str, dict[str, str]]
    kinds: dict[str, str]
    places: dict[str, int | None]
    places_before: dict[str, int | None]
    trend: dict[str, Counts]
    daily: dict[str, list[int]]
    overdue: list[dict[str, Any]]
    reworked: list[dict[str, Any]]
    sample: int
    target: float

    def as_json(self) -> dict[str, Any]:
        """Plain data; moments as ISO texts."""
        data = {"version": VERSION, **asdict(self)}
        moments = {name: data["period"][name].isoformat() for name in ("start", "end", "as_of")}
        return {**data, "period": {**data["period"], **moments}}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Snapshot":
        """What ``as_json`` wrote."""
        period = data["period"]
        moments = {name: datetime.fromisoformat(period[name]) for name in ("start", "end", "as_of")}
        plain = {name: value for name, value in data.items() if name != "version"}
        return cls(**{**plain, "period": Period(**{**period, **moments})})


def take(period: Period, zone: ZoneInfo) -> Snapshot:
    """Count and list everything of a month, as it stands at ``period.as_of``."""
    counted, sample = counting.tally(period), values.get(thresholds.RANKING_SAMPLE)
    departments = {row.id: row for row in db.session.scalars(select(Department))}
    kinds = {str(row.id): row.kind for row in departments.values()}
    trend = _trend(period, zone)
    return Snapshot(
        period=period,
        issuer=_issuer(departments.values()),
        total=counted.total,
        before=trend[periods.shifted(period.name, -1)],
        year_ago=_totals(_other(period, -12, zone), first_report()),
        by=counted.by,
        names=_names(counted.by, departments.values()),
        kinds=kinds,
        places=places(counted.by["department"], kinds, sample),
        places_before=_places_before(period),
        trend={**trend, period.name: counted.total},
        daily=counting.daily(DAILY, period, zone),
        overdue=_overdue(period),
        reworked=_reworked(period),
        sample=sample,
        target=values.get(thresholds.ON_TIME_TARGET),
    )


def places(rows: dict[str, Counts], kinds: dict[str, str], sample: int) -> dict[str, int | None]:
    """Ranks of departments, each among those of its kind: municipal ones, districts, streets and enterprises apart."""
    groups: dict[str, dict[str, Counts]] = {}
    for key, counts in rows.items():
        if key in kinds:
            groups.setdefault(kinds[key], {})[key] = counts
    return {place.key: place.rank for group in groups.values() for place in ranking.rank(group, sample=sample)}


def first_report() -> datetime | None:
    """When the first case was reported; None before there is any."""
    return db.session.scalar(select(func.min(Case.reported_at)))


def _issuer(departments: Iterable[Department]) -> str:
    """Who assesses: the supervision centre (监督中心) where there is one, else the top of the house."""
    above = sorted(departments, key=lambda one: (one.kind != "center", one.parent_id is None, len(one.path), one.id))
    return above[0].name if above else ""


def _other(period: Period, months: int, zone: ZoneInfo) -> Period:
    """Another month, judged at the same moment and by the same allowance."""
    name = periods.shifted(period.name, months)
    return periods.month(name, zone, as_of=period.as_of, allowance_seconds=period.allowance_seconds)


def _trend(period: Period, zone: ZoneInfo) -> dict[str, Counts]:
    """Totals of the months before, oldest first: as they were kept, counted where they were not."""
    names = [periods.shifted(period.name, -number) for number in range(TREND - 1, 0, -1)]
    rows = select(MonthlyAssessment.period, MonthlyAssessment.numbers).where(MonthlyAssessment.period.in_(names))
    kept = {name: numbers["total"] for name, numbers in db.session.execute(rows).tuples()}
    started = first_report()
    return {
        name: kept.get(name) or _totals(_other(period, -number, zone), started, COMPARED if number == 1 else CURVES)
        for name, number in zip(names, range(TREND - 1, 0, -1), strict=True)
    }


def _totals(period: Period, started: datetime | None, anchors: tuple[str, ...] = COMPARED) -> Counts:
    """Nothing is asked of months before the first report."""
    return counting.totals(period, anchors) if started is not None and period.end > started else {}


def _places_before(period: Period) -> dict[str, int | None]:
    name = periods.shifted(period.name, -1)
    numbers = db.session.scalar(select(MonthlyAssessment.numbers).where(MonthlyAssessment.period == name))
    return dict(numbers["places"]) if numbers else {}


def _names(by: dict[str, dict[str, Counts]], departments: Iterable[Department]) -> dict[str, dict[str, str]]:
    regions = {row.code: row.name for row in db.session.execute(select(Region.code, Region.name))}
    return {
        "department": {str(row.id): row.short_name for row in departments if str(row.id) in by["department"]},
        "region": {key: regions[key] for key in by["region"] if key in regions},
        "street": {key: regions[key] for key in by["street"] if key in regions},
        **_category_names(by),
    }


def _category_names(by: dict[str, dict[str, Counts]]) -> dict[str, dict[str, str]]:
    minors, majors = {}, {}
    for row in db.session.scalars(select(Category)):
        if str(row.id) in by["subcategory"]:
            minors[str(row.id)] = row.name
            majors[major_key(row.code_system, row.kind, row.major_code)] = row.major_name
    return {"category": majors, "subcategory": minors}


def _overdue(period: Period) -> list[dict[str, Any]]:
    wanted = sets.predicate("open_overdue", period)
    rows = _cases(wanted, Case.due_at, Case.id)
    return [{**_told(case), "days": (period.as_of - case.due_at).days} for case in rows if case.due_at]


def _reworked(period: Period) -> list[dict[str, Any]]:
    wanted = sets.predicate("reworked_again", period)
    return [{**_told(case), "times": case.rework_count} for case in _cases(wanted, Case.rework_count.desc(), Case.id)]


def _cases(wanted: Any, *order: Any) -> Iterable[Case]:
    loading = (joinedload(Case.category), joinedload(Case.department))
    return db.session.scalars(select(Case).where(wanted).order_by(*order).limit(LISTED).options(*loading))


def _told(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "number": case.number,
        "category": case.category.name if case.category else "",
        "place": case.place,
        "department": case.department.short_name if case.department else "",
        "due_at": case.due_at.isoformat() if case.due_at else None,
    }
