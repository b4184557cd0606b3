"""Reports of the fictional city: when they come, from whom, of what, and where."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.access.actors import Actor
from engine.calendars import queries as calendars
from engine.calendars.working_time import Unit
from engine.cases import reporting, self_handling_rules
from engine.cases.models import Source
from engine.cases.reporting import Report, Reporter
from engine.components.models import Component
from engine.grids.models import UnitGrid
from engine.kit.db import db, unit_of_work
from engine.organization.models import Department
from engine.simulation import names, photos, places, problems
from engine.simulation.playing import Arrival
from engine.simulation.problems import Problem
from engine.simulation.staff import Staff

SYSTEM_NAME = "simulation"
SOURCES = {
    Source.patrol: 60, Source.hotline: 24, Source.citizen_app: 5, Source.video: 5, Source.leader: 2, Source.superior: 2,
    Source.media: 1, Source.sensor: 1,
}  # fmt: skip
BUSY_HOURS = (7, 8, 8, 9, 9, 9, 10, 10, 11, 12, 13, 14, 14, 15, 15, 16, 17, 17, 18, 19, 20, 21)
SELF_HANDLED = 0.2
"""Of a patrol's finds that collectors may put right themselves."""
URGENT, REPEATED, UNCATEGORISED = 0.015, 0.04, 0.4
WEEKEND = 0.35
# Emergencies, and who is sent at once.
EMERGENCIES = {"0501": "water", "0503": "drainage", "0506": "drainage"}


class Plan:
    """Draws reports; the same seed draws the same ones."""

    def __init__(self, staff: Staff, zone: ZoneInfo, *, until: datetime) -> None:
        self.staff, self.zone, self.until = staff, zone, until

    def spread(self, days: Sequence[date], count: int, prefix: str) -> list[tuple[str, Arrival]]:
        """About ``count`` reports over some days, fewer at weekends, none after ``until``: (number, arrival)."""
        found: list[tuple[str, Arrival]] = []
        earlier: list[Report] = []
        for index, day in enumerate(self._days(days, count, prefix)):
            number = f"{prefix}{index + 1:05}"
            random = self.staff.random("report", number)
            report = self._report(random, number, earlier)
            at = self._moment(day, report.source, random)
            if at <= self.until:
                earlier.append(report)
                found.append((number, Arrival(at, partial(self._enter, report, self._who(report, random), at))))
        return found

    def _days(self, days: Sequence[date], count: int, prefix: str) -> list[date]:
        weights = [1.0 if self._works(day) else WEEKEND for day in days]
        return sorted(self.staff.random("days", prefix).choices(days, weights=weights, k=count))

    def _works(self, day: date) -> bool:
        start = datetime.combine(day, time(), self.zone)
        return calendars.working().spent(start, start + timedelta(days=1), Unit.working_hours) > 0

    def _moment(self, day: date, source: Source, random: Random) -> datetime:
        """Patrols go in the daytime; citizens call from morning to night."""
        hours = [hour for hour in BUSY_HOURS if source != Source.patrol or 8 <= hour < 18]
        at = time(random.choice(hours), random.randrange(60), random.randrange(60), random.randrange(1_000_000))
        return datetime.combine(day, at, self.zone)

    def _report(self, random: Random, number: str, earlier: list[Report]) -> Report:
        if earlier and random.random() < REPEATED:
            return self._again(random, number, random.choice(earlier[-12:]))
        source = random.choices(list(SOURCES), weights=list(SOURCES.values()))[0]
        if source is Source.hotline and random.random() < URGENT * 3:
            return self._emergency(random, number)
        known = problems.draw(self.staff.problems, random)
        component = random.choice(self._components[known.category]) if known.category in self._components else None
        point = (component.lng, component.lat) if component else self._point(random)
        is_public = source in Source.from_public()
        place = places.address(random)
        sight = random.choice(known.problem.sights)
        return Report(
            description=f"{place}，{sight}。",
            title=known.name,
            source=source,
            place=place,
            point=point,
            category_id=None if is_public and random.random() < UNCATEGORISED else known.category,
            component_id=component.id if component and not is_public else None,
            is_self_handled=source is Source.patrol and _is_put_right(known.problem, random),
            reporter=_citizen(random) if is_public else None,
            source_system=SYSTEM_NAME,
            source_no=number,
        )

    def _emergency(self, random: Random, number: str) -> Report:
        urgent = [one for one in self.staff.problems if one.problem.code in EMERGENCIES and one.problem.kind == "event"]
        known, place = random.choice(urgent), places.address(random)
        code = EMERGENCIES[known.problem.code]
        return Report(
            description=f"{place}，{random.choice(known.problem.sights)}，情况紧急。", title=known.name,
            source=Source.hotline, place=place, point=self._point(random), category_id=known.category, is_urgent=True,
            department_id=db.session.scalars(select(Department.id).where(Department.code == code)).one(),
            reporter=_citizen(random), source_system=SYSTEM_NAME, source_no=number,
        )  # fmt: skip

    def _again(self, random: Random, number: str, first: Report) -> Report:
        """Somebody else reports the same problem, some metres off."""
        lng, lat = first.point or self._point(random)
        off = (random.uniform(-5e-5, 5e-5), random.uniform(-5e-5, 5e-5))
        source = random.choice((Source.hotline, Source.patrol))
        return replace(
            first, source=source, source_no=number, point=(lng + off[0], lat + off[1]), is_self_handled=False,
            is_urgent=False, department_id=None, component_id=None,
            reporter=_citizen(random) if source is Source.hotline else None,
        )  # fmt: skip

    def _who(self, report: Report, random: Random) -> Actor:
        if report.source in Source.from_public():
            return random.choice(self.staff.one_of("call_taker"))
        if report.source is Source.patrol:
            return self.staff.collector_of(self._beat(report.point), random)
        return random.choice(self.staff.one_of("acceptor"))

    def _enter(self, report: Report, by: Actor, at: datetime) -> None:
        random = self.staff.random("photos", report.source_no)
        local = at.astimezone(self.zone)
        if report.source in {Source.patrol, Source.video}:
            report = replace(report, photos=(photos.draw("before", random, local),))
        if report.is_self_handled and by.id is not None and self_handling_rules.left_today(by.id, at) <= 0:
            report = replace(report, is_self_handled=False)
        if report.is_self_handled:
            report = replace(report, after_photos=(photos.draw("after", random, local),))
        with unit_of_work():
            reporting.report(report, by=by, at=at)

    def _point(self, random: Random) -> places.Point:
        return places.inside(random.choice(self._grids), random)

    def _beat(self, point: places.Point | None) -> int | None:
        if point is None:
            return None
        near = min(self._grids, key=lambda grid: abs((grid.min_lng + grid.max_lng) / 2 - point[0])
                   + abs((grid.min_lat + grid.max_lat) / 2 - point[1]))  # fmt: skip
        return near.responsibility_grid_id

    @cached_property
    def _grids(self) -> list[UnitGrid]:
        found = list(db.session.scalars(select(UnitGrid).where(UnitGrid.is_active).order_by(UnitGrid.code)))
        # They are only read: were they the session's, every commit would go through all of them.
        db.session.expunge_all()
        return found

    @cached_property
    def _components(self) -> dict[int, list[Component]]:
        found: dict[int, list[Component]] = {}
        for component in db.session.scalars(select(Component).order_by(Component.id)):
            found.setdefault(component.category_id, []).append(component)
        db.session.expunge_all()
        return found


def _is_put_right(problem: Problem, random: Random) -> bool:
    may = self_handling_rules.covers(problem.kind, problem.code[:2], problem.code)
    return random.random() < SELF_HANDLED and may


def _citizen(random: Random) -> Reporter:
    title = random.choice(("先生", "女士"))
    # 199 00… is not given out to anybody.
    return Reporter(
        f"{random.choice(names.SURNAMES)}{title}", f"19900{random.randrange(10**6):06}", random.random() < 0.9
    )
