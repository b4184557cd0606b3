"""Reporting (上报): a problem enters, from a collector, a citizen's call, or another system."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from engine.access.actors import SYSTEM, Actor
from engine.access.permissions import Permission
from engine.cases import dispatching, evidence, masking, numbering, routing, search, self_handling_rules, timeline
from engine.cases.errors import NoDraft
from engine.cases.evidence import Upload
from engine.cases.models import Case, CaseReporter, Source, Stage
from engine.catalog.models import Category
from engine.grids import locating
from engine.kit.db import db
from engine.kit.errors import Invalid, NotAllowed
from engine.kit.i18n import N_
from engine.process import execution
from engine.process.errors import NoSuchProcess

STANDARD = "standard_case"
CITY_WIDE = "000000"
"""Region part of a number where the place is not known yet."""
PATROL_NEEDS = 1
LONGEST_TITLE = 200


@dataclass(frozen=True)
class Reporter:
    """A citizen, as the call taker wrote him down."""

    name: str = ""
    phone: str = ""
    wants_call_back: bool = True


@dataclass(frozen=True)
class Report:
    """What is reported. ``point`` is (lng, lat) in CGCS2000 degrees; photos are uploads."""

    description: str
    source: Source
    title: str = ""
    point: tuple[float, float] | None = None
    place: str = ""
    category_id: int | None = None
    component_id: int | None = None
    region_code: str | None = None
    is_self_handled: bool = False
    self_handled_places: int = 1
    """How many bills, heaps, fallen things the collector put right: process.md §4.9 bounds it."""
    is_urgent: bool = False
    department_id: int | None = None
    reporter: Reporter | None = None
    source_system: str | None = None
    source_no: str | None = None
    photos: tuple[Upload, ...] = ()
    after_photos: tuple[Upload, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    reported_at: datetime | None = None
    """When it was said elsewhere, before it came to us; its clocks start when it comes."""


def report(report: Report, *, by: Actor, at: datetime) -> Case:
    """File a report as a new case that waits for acceptance (or, urgent, for its department at once).

    Self-handled ones wait for the acceptor's review, or, not sampled, are closed (process.md §4.9).

    Raises Invalid beside the field: an unknown category, a point outside the city, an urgent case without department,
    what a collector may not put right himself.
    """
    return report_all([report], by=by, at=at)[0]


def report_all(reports: Sequence[Report], *, by: Actor, at: datetime) -> list[Case]:
    """File many reports in few statements; all of them, or none. Raises like ``report``."""
    for each in reports:
        _check(each, by)
    reports = [_without_reporter(each) for each in reports]
    cases = _numbered(reports, by, at)
    for each, case in zip(reports, cases, strict=True):
        if each.is_self_handled:
            self_handling_rules.check(case, _category(each), each.self_handled_places)
    db.session.add_all(cases)
    db.session.flush()
    search.index(cases)
    for each, case in zip(reports, cases, strict=True):
        _write_beside(case, each, by, at)
    for each, case in zip(reports, cases, strict=True):
        _begin(case, each, by, at)
    return cases


def _without_reporter(report: Report) -> Report:
    """The citizen's number and name go where few may look, not into words that everybody reads and searches."""
    if report.reporter is None:
        return report
    leave_out = partial(masking.leave_out, reporters=[report.reporter])
    return replace(
        report,
        title=leave_out(report.title)[:LONGEST_TITLE],
        description=leave_out(report.description),
        place=leave_out(report.place, with_names=False),
    )


def _write_beside(case: Case, report: Report, by: Actor, at: datetime) -> None:
    if report.reporter is not None:
        db.session.add(CaseReporter(case_id=case.id, **vars(report.reporter)))
    before = evidence.attach(case, report.photos, "before", by=by, at=at)
    after = evidence.attach(case, report.after_photos, "after", by=by, at=at, field="after_photos")
    evidence.check_changed(before, after)
    places = report.self_handled_places if report.is_self_handled else None
    source = report.source.value
    timeline.add(case, "report", by=by, at=at, note=report.description, part="reported", source=source, places=places)
    if report.is_urgent:
        dispatching.hand_over(case, _checked_department(report), mode="urgent", by=by, at=at)


def _begin(case: Case, report: Report, by: Actor, at: datetime) -> None:
    if not report.is_self_handled:
        begin(case, "urgent" if report.is_urgent else "report", by=by, at=at)
        return
    # Whether it is reviewed is settled here, once, and told in the timeline.
    sampled = self_handling_rules.is_sampled(case.number)
    case.closed_at = None if sampled else at
    begin(case, "self_handled", by=by, at=at, needs_review=sampled)
    told = "self_handling_sampling" if sampled else "self_handling_exemption"
    timeline.add(case, told, by=SYSTEM, at=at, share=f"{self_handling_rules.share():.0%}")


def begin(case: Case, entry: str, *, by: Actor, at: datetime, needs_review: bool = True) -> None:
    """Put the case on the drawing; ``needs_review`` is for entry "self_handled".

    Raises NoDraft where no version of it is active.
    """
    db.session.flush()
    facts = {
        "entry": entry,
        "is_public": is_public(case),
        "needs_confirmation": needs_confirmation(case),
        "needs_review": needs_review,
        "return_count": case.return_count,
        **routing.of_case(case),
    }
    try:
        move = execution.start(STANDARD, subject_kind="case", subject_id=case.id, by_id=by.id, at=at, facts=facts)
    except NoSuchProcess as missing:
        raise NoDraft from missing
    case.instance_id = move.instance_id


def is_public(case: Case) -> bool:
    """Did a citizen report this, who is called back after closure?"""
    return case.source in Source.from_public()


def needs_confirmation(case: Case) -> bool:
    """Does the source call for confirmation on site before filing (process.md §4.1)?"""
    return case.source in Source.to_confirm()


def _check(report: Report, by: Actor) -> None:
    needed = Permission.case_register if report.source in Source.from_public() else Permission.case_report
    if by.id is not None and not by.has(needed):
        raise NotAllowed
    if report.category_id is not None and db.session.get(Category, report.category_id) is None:
        raise Invalid.field("category_id", N_("There is no such category. Please choose one from the list."))
    if report.is_urgent and report.department_id is None:
        raise Invalid.field("department_id", N_("An urgent case needs the department that handles it."))
    if report.source == Source.patrol and by.id is not None and not report.photos:
        raise Invalid.field("photos", N_("A patrol report needs at least one photo."))
    if report.is_self_handled and not report.after_photos:
        raise Invalid.field("after_photos", N_("What was put right is shown by a photo from afterwards."))


def _category(report: Report) -> Category | None:
    return db.session.get(Category, report.category_id) if report.category_id else None


def _checked_department(report: Report) -> int:
    return dispatching.checked_department(report.department_id).id


def _numbered(reports: Sequence[Report], by: Actor, at: datetime) -> list[Case]:
    """Their cases, in the order of the reports."""
    places = [_locate(each) for each in reports]
    regions = [
        (place.region_code if place else each.region_code) or CITY_WIDE
        for each, place in zip(reports, places, strict=True)
    ]
    numbers = numbering.next_numbers([region[:6] for region in regions], at)
    return [_build(each, place, number, by, at) for each, place, number in zip(reports, places, numbers, strict=True)]


def _build(report: Report, location: locating.Location | None, number: str, by: Actor, at: datetime) -> Case:
    category = _category(report)
    return Case(
        number=number,
        stage=Stage.reported,
        kind=category.kind if category else None,
        source=report.source,
        source_system=report.source_system,
        source_no=report.source_no,
        title=report.title or report.description[:60],
        description=report.description,
        place=report.place,
        lng=report.point[0] if report.point else None,
        lat=report.point[1] if report.point else None,
        location_level="point" if location else "unknown",
        unit_grid_id=location.unit_grid_id if location else None,
        responsibility_grid_id=location.responsibility_grid_id if location else None,
        region_code=location.region_code if location else report.region_code,
        street_code=location.street_code if location else None,
        area_class=location.area_class if location else "A",
        category_id=report.category_id,
        component_id=report.component_id,
        is_urgent=report.is_urgent,
        is_self_handled=report.is_self_handled,
        reported_by_id=by.id,
        reported_at=report.reported_at or at,
        clock_state="none",
        photo_count=0,
        return_count=0,
        rework_count=0,
        reopen_count=0,
        extension_count=0,
        updated_at=at,
    )


def _locate(report: Report) -> locating.Location | None:
    if report.point is None:
        return None
    location = locating.locate(*report.point)
    if location is None:
        raise Invalid.field("point", N_("This point lies outside the city. Please mark the place on the map."))
    return location


def known(source_system: str, source_no: str) -> Case | None:
    """The case that came from that system under that number: the same number twice is the same report."""
    return db.session.scalars(
        select(Case).where(Case.source_system == source_system, Case.source_no == source_no)
    ).one_or_none()
