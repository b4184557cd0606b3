"""Reading cases. Every list starts from what this person may see; nothing here changes anything."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from engine.access import policy as administration
from engine.access.actors import Actor
from engine.cases import search
from engine.cases.errors import CaseNotFound
from engine.cases.models import Case, Involvement, Stage
from engine.catalog.models import Category
from engine.deadlines.lamps import Lamp, LampColumns, lamp_case, lamp_is
from engine.kit.db import db
from engine.kit.paging import COUNT_CAP, Page
from engine.process import queries as process
from engine.process.models import OpenTask

LAMP_COLUMNS = LampColumns(
    due_at=Case.due_at,
    amber_at=Case.amber_at,
    state=Case.clock_state,
    is_provisional=Case.due_is_provisional,
    stopped_at=Case.handled_at,
)
"""The case's copies of its handling clock, for lamps in lists."""

SORTS: dict[str, tuple[Any, ...]] = {
    "newest": (Case.reported_at.desc(), Case.id.desc()),
    "oldest": (Case.reported_at, Case.id),
    "due": (Case.due_at.is_(None), Case.due_at, Case.id),
    "number": (Case.number,),
}


@dataclass(frozen=True)
class CaseFilter:
    """What a list is narrowed to; None or empty narrows nothing. ``text`` looks in number, title, description, place.

    Days are moments: ``reported_from`` is included, ``reported_until`` is not. ``extra`` is a predicate of another room
    (a set that an assessment counted).
    """

    number: str = ""
    text: str = ""
    place: str = ""
    category_id: int | None = None
    major: tuple[str, str, str] | None = None
    """(code system, kind, major code)."""
    department_id: int | None = None
    region_code: str = ""
    source: str = ""
    stages: tuple[str, ...] = ()
    is_open: bool | None = None
    lamp: str = ""
    reported_from: datetime | None = None
    reported_until: datetime | None = None
    extra: ColumnElement[bool] | None = None


def visible_to(actor: Actor, *, one_by_one: bool = False, among_many: bool = False) -> ColumnElement[bool]:
    """The one permission predicate of cases: the whole city, or departments, grids, and what is or was one's own.

    One's own is what one took part in, and what one is offered a step of: the collectors' pool works outside its beats.
    The three administrators see no case, whatever they did before.
    ``one_by_one`` says that something else finds the cases (a number, words), and this only looks at each of them;
    ``among_many``, that they may be very many.
    """
    if not administration.takes_part(actor.permissions):
        return false()
    if actor.reach.city:
        return true()
    if actor.id is None:
        return false()
    # The cheapest to look at first.
    allowed: list[ColumnElement[bool]] = []
    if actor.reach.department_ids:
        allowed.append(Case.department_id.in_(sorted(actor.reach.department_ids)))
    if actor.reach.grid_ids:
        allowed.append(Case.responsibility_grid_id.in_(sorted(actor.reach.grid_ids)))
    for ids in (_took_part(actor.id), _is_offered(actor)):
        allowed.append(Case.id.in_(ids) if among_many else _is_one_of(ids, one_by_one))
    return or_(*allowed)


def _took_part(user_id: int) -> Select[int]:
    return select(Involvement.case_id).where(Involvement.user_id == user_id)


def _is_offered(actor: Actor) -> Select[int]:
    offered = process.offered_to(actor).where(OpenTask.subject_kind == "case")
    return offered.with_only_columns(OpenTask.subject_id)


def _is_one_of(ids: Select[int], one_by_one: bool) -> ColumnElement[bool]:
    """PostgreSQL looks an array of ids up in the primary key, beside the other indexes; SQLite does so with IN.

    A case that is looked at by itself would be compared with the whole array: 15 s for 100,000 cases.
    """
    if one_by_one:
        return ids.where(ids.selected_columns[0] == Case.id).correlate(Case).exists()
    if db.engine.dialect.name == "postgresql":
        return Case.id == any_(func.array(ids.scalar_subquery()))
    return Case.id.in_(ids)


def get(case_id: int, actor: Actor) -> Case:
    """A case with what its page shows, in one statement. Raises CaseNotFound also for one that is not his to see."""
    found = db.session.scalars(
        select(Case)
        .where(Case.id == case_id, visible_to(actor, one_by_one=True))
        .options(
            joinedload(Case.category),
            joinedload(Case.filing_condition),
            joinedload(Case.department),
            joinedload(Case.handler),
            joinedload(Case.unit_grid),
            joinedload(Case.responsibility_grid),
        )
    ).one_or_none()
    if found is None:
        raise CaseNotFound
    return found


def lock(case_id: int, actor: Actor) -> Case:
    """A case for an act: nobody else changes it until this transaction ends. Raises CaseNotFound."""
    found = db.session.scalars(
        select(Case)
        .where(Case.id == case_id, visible_to(actor, one_by_one=True))
        .options(joinedload(Case.category), joinedload(Case.filing_condition), joinedload(Case.department))
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise CaseNotFound
    return found


def find(
    wanted: CaseFilter, actor: Actor, *, at: datetime, page: int = 1, size: int = 50, sort: str = "newest"
) -> Page[Case]:
    """One page of the cases that ``actor`` may see: two statements, however many there are; with words, four at most.

    The count stops at ``COUNT_CAP``.
    """
    if wanted.text and search.are_many(wanted.text):
        return _find_among_many(wanted, actor, at, page, size, sort)
    conditions = [_visible(wanted, actor), *_conditions(wanted, at)]
    total = db.session.scalar(
        select(func.count()).select_from(select(Case.id).where(*conditions).limit(COUNT_CAP + 1).subquery())
    )
    rows = db.session.scalars(
        _listed().where(*conditions).order_by(*SORTS.get(sort, SORTS["newest"])).limit(size).offset((page - 1) * size)
    ).all()
    counted = int(total or 0)
    return Page(rows, page, size, min(counted, COUNT_CAP), capped=counted > COUNT_CAP)


def _find_among_many(wanted: CaseFilter, actor: Actor, at: datetime, page: int, size: int, sort: str) -> Page[Case]:
    """Words may stand in a hundred thousand cases: they are gone through once, for the count and the page together.

    Where there are more than are counted, the page is looked for in its own order: so many are never far.
    """
    order, offset = SORTS.get(sort, SORTS["newest"]), (page - 1) * size
    others = list(_conditions(replace(wanted, text=""), at))
    seen = visible_to(actor, among_many=True)
    found = select(Case.id).where(search.matches(wanted.text, seen=seen), *others).limit(COUNT_CAP + 1).cte("found")
    on_page = select(Case.id, func.count().over()).join(found, found.c.id == Case.id).order_by(*order)
    rows = db.session.execute(on_page.limit(size).offset(offset)).tuples().all()
    total = rows[0][1] if rows else 0
    if not rows and page > 1:
        total = db.session.scalar(select(func.count()).select_from(found)) or 0
    if total > COUNT_CAP:
        words = search.among_few(search.matches(wanted.text))
        listed = _listed().where(visible_to(actor), words, *others).order_by(*order).limit(size).offset(offset)
        return Page(db.session.scalars(listed).all(), page, size, COUNT_CAP, capped=True)
    listed = _listed().where(Case.id.in_([id for id, _ in rows])).order_by(*order)
    return Page(db.session.scalars(listed).all() if rows else [], page, size, total)


def stream(
    wanted: CaseFilter, actor: Actor, *, at: datetime, sort: str = "newest", limit: int = 100_000
) -> Iterator[Case]:
    """The cases of a list one after the other, for an export; memory stays flat."""
    statement = (
        _listed()
        .where(_visible(wanted, actor), *_conditions(wanted, at))
        .order_by(*SORTS.get(sort, SORTS["newest"]))
        .limit(limit)
    )
    for case in db.session.scalars(statement.execution_options(yield_per=500)):
        yield case
        db.session.expunge(case)


def counted(wanted: CaseFilter, actor: Actor, *, at: datetime, most: int) -> int:
    """How many cases stand in a list; counting stops at ``most``."""
    few = select(Case.id).where(_visible(wanted, actor), *_conditions(wanted, at)).limit(most)
    return db.session.scalar(select(func.count()).select_from(few.subquery())) or 0


def places(wanted: CaseFilter, actor: Actor, *, at: datetime, sort: str = "newest") -> Select[int, int]:
    """The cases of a list as it is now: the place of each, from 1 on, and its id."""
    order = SORTS.get(sort, SORTS["newest"])
    numbered = select(func.row_number().over(order_by=order).label("place"), Case.id)
    return numbered.where(_visible(wanted, actor), *_conditions(wanted, at)).order_by(*order)


def listed(actor: Actor) -> Select[Case]:
    """Cases with what a list shows of them, as far as ``actor`` may see each; the caller says which he looks for."""
    return _listed().where(visible_to(actor, one_by_one=True))


def points(wanted: CaseFilter, actor: Actor, *, at: datetime, limit: int = 2000) -> Sequence[Any]:
    """Id, number, title, lng, lat, stage and lamp of the located cases of a list, for its map."""
    return db.session.execute(
        select(
            Case.id,
            Case.number,
            Case.title,
            Case.lng,
            Case.lat,
            Case.stage,
            lamp_case(LAMP_COLUMNS, at).label("lamp"),
        )
        .where(_visible(wanted, actor), Case.lng.is_not(None), *_conditions(wanted, at))
        .order_by(*SORTS["newest"])
        .limit(limit)
    ).all()


def _visible(wanted: CaseFilter, actor: Actor) -> ColumnElement[bool]:
    return visible_to(actor, one_by_one=bool(wanted.text or wanted.place or wanted.number))


def _listed() -> Select[Case]:
    return select(Case).options(joinedload(Case.category), joinedload(Case.department), joinedload(Case.handler))


def _conditions(wanted: CaseFilter, at: datetime) -> Iterator[ColumnElement[bool]]:
    if wanted.number:
        yield Case.number == wanted.number
    if wanted.text:
        yield search.matches(wanted.text)
    if wanted.place:
        yield search.matches(wanted.place)
        yield Case.place.contains(wanted.place, autoescape=True)
    if wanted.major:
        system, kind, code = wanted.major
        majors = select(Category.id).where(
            Category.code_system == system, Category.kind == kind, Category.major_code == code
        )
        yield Case.category_id.in_(majors)
    yield from _equalities(wanted)
    if wanted.stages:
        yield Case.stage.in_(wanted.stages)
    if wanted.is_open is not None:
        yield Case.stage.in_(sorted(Stage.open_stages() if wanted.is_open else Stage.ended()))
    if wanted.lamp:
        yield lamp_is(LAMP_COLUMNS, Lamp(wanted.lamp), at)
    if wanted.lamp == Lamp.unlit:
        # What ended before its clock began never will have one: nobody looks for it among what waits.
        yield Case.stage.in_(sorted(Stage.open_stages()))
    if wanted.reported_from:
        yield Case.reported_at >= wanted.reported_from
    if wanted.reported_until:
        yield Case.reported_at < wanted.reported_until
    if wanted.extra is not None:
        yield wanted.extra


def _equalities(wanted: CaseFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.category_id is not None:
        yield Case.category_id == wanted.category_id
    if wanted.department_id is not None:
        yield Case.department_id == wanted.department_id
    if wanted.region_code:
        yield Case.region_code == wanted.region_code
    if wanted.source:
        yield Case.source == wanted.source


def without_lamp(wanted: CaseFilter) -> CaseFilter:
    """The same list before its lamp was chosen: what the counts beside the lamps are of."""
    return replace(wanted, lamp="")


def merged_into(case: Case, actor: Actor) -> list[Case]:
    """The reports that were merged into a case, as far as ``actor`` may see them."""
    return list(
        db.session.scalars(select(Case).where(Case.merged_into_id == case.id, visible_to(actor)).order_by(Case.id))
    )


def count_merged_into(case: Case) -> int:
    """How many reports were merged into a case, whoever may see them."""
    return db.session.scalar(select(func.count()).where(Case.merged_into_id == case.id)) or 0


def numbers_of(ids: Collection[int]) -> dict[int, str]:
    """Numbers of cases by their ids, whoever may see the cases; without ids nothing is asked."""
    if not ids:
        return {}
    return dict(db.session.execute(select(Case.id, Case.number).where(Case.id.in_(sorted(ids)))).tuples().all())
