"""The supervisors' board: how many running cases stand out, and where: by department, place, category and person.

All tables are counted from one index of running cases (``indexes.BOARD``), on PostgreSQL in one reading of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Label, RowMapping, Select, func, select, tuple_

from engine.access.actors import Actor
from engine.cases import queries
from engine.cases.models import Case
from engine.catalog.models import Category
from engine.grids import queries as grids
from engine.grids.models import Region, ResponsibilityGrid
from engine.kit.db import db
from engine.organization.models import Department, User
from engine.supervision import queues
from engine.supervision.models import OrderState, SupervisionOrder
from engine.supervision.queues import OPEN, QUEUES, Moment, Narrowing

COUNTED = ("overdue", "due_soon", "suspended", "returned", "reworked", "dormant", "provisional")
"""The queues whose cases every table counts; key cases and orders are few, and counted apart."""
LONGEST_TABLE = 12
ORDERS = ("orders_waiting", "orders_overdue")


@dataclass(frozen=True)
class Dimension:
    """What a table is by: a column of cases, and where the names of its values stand."""

    name: str
    column: Any
    key: Any
    title: Any
    title_en: Any = None
    most: int | None = LONGEST_TABLE


DIMENSIONS: dict[str, Dimension] = {
    one.name: one
    for one in (
        Dimension("department", Case.department_id, Department.id, Department.short_name, most=None),
        Dimension("street", Case.street_code, Region.code, Region.name),
        Dimension("grid", Case.responsibility_grid_id, ResponsibilityGrid.id, ResponsibilityGrid.name),
        Dimension("category", Case.category_id, Category.id, Category.name, Category.name_en),
        Dimension("person", Case.handler_id, User.id, User.name),
    )
}


@dataclass(frozen=True)
class Row:
    """One line of a table: ``counts`` by queue with all "running" cases; ``oldest`` is the longest overdue since when.

    ``key`` is None for cases that have no department, place …
    """

    key: int | str | None
    name: str
    name_en: str
    counts: dict[str, int]
    oldest: datetime | None


@dataclass(frozen=True)
class Board:
    """The whole page: figures by queue, then a table for each dimension."""

    figures: dict[str, int]
    oldest: datetime | None
    tables: dict[str, list[Row]] = field(default_factory=dict)


def load(actor: Actor, moment: Moment, *, place: str = "street", wanted: Narrowing | None = None) -> Board:
    """Everything that the board shows, in six statements (on SQLite nine). ``place`` is "street" or "grid"."""
    by = [DIMENSIONS[name] for name in ("department", place, "category", "person")]
    found = _grouped(by, actor, moment, wanted)
    departments = found["department"]
    figures = {name: sum(row[name] for row in departments) for name in ("running", *COUNTED)}
    oldest = min((row["oldest"] for row in departments if row["oldest"] is not None), default=None)
    return Board(figures | _few(actor, moment), oldest, {one.name: _named(one, found[one.name]) for one in by})


def table(name: str, actor: Actor, moment: Moment, wanted: Narrowing | None = None) -> list[Row]:
    """The counts of running cases by one dimension, most overdue first: two statements."""
    by = DIMENSIONS[name]
    return _named(by, _grouped([by], actor, moment, wanted)[name])


def _grouped(
    by: Sequence[Dimension], actor: Actor, moment: Moment, wanted: Narrowing | None
) -> dict[str, list[RowMapping]]:
    """The counts by each dimension. PostgreSQL counts for all of them while it reads the running cases once."""
    conditions = [OPEN, queries.visible_to(actor, one_by_one=True), *(wanted.conditions() if wanted else ())]
    if db.engine.dialect.name != "postgresql":
        return {
            one.name: list(db.session.execute(_counted(one, moment).where(*conditions)).mappings().all()) for one in by
        }
    keys = [one.column.label(f"key_{place}") for place, one in enumerate(by)]
    sets = func.grouping_sets(*(tuple_(one.column) for one in by))
    which = func.grouping(*(one.column for one in by)).label("which")
    rows = db.session.execute(select(*keys, which, *_counts(moment)).where(*conditions).group_by(sets)).mappings()
    found: dict[str, list[RowMapping]] = {one.name: [] for one in by}
    # A bit for each dimension, the last one lowest: it is down in the rows that are grouped by it.
    names = {(1 << len(by)) - 1 - (1 << (len(by) - 1 - place)): one.name for place, one in enumerate(by)}
    for row in rows:
        found[names[row["which"]]].append(row)
    return found


def _counted(by: Dimension, moment: Moment) -> Select[Any]:
    return select(by.column.label("key_0"), *_counts(moment)).group_by(by.column)


def _named(by: Dimension, rows: Sequence[RowMapping]) -> list[Row]:
    """The rows that a table shows, most overdue first, with the names of what they are by: one statement."""
    keyed = [(next((row[name] for name in row if name.startswith("key_") and row[name] is not None), None), row)
             for row in rows]  # fmt: skip
    if by.name == "person":  # whom nobody was given is no person
        keyed = [(key, row) for key, row in keyed if key is not None]
    if by.most is not None:
        keyed = [(key, row) for key, row in keyed if any(row[name] for name in COUNTED)]
    keyed.sort(key=lambda one: (-one[1]["overdue"], -one[1]["running"], str(one[0])))
    shown = keyed[: by.most]
    names = _names(by, [key for key, _ in shown if key is not None])
    return [_row(key, names.get(key, ("", None)), row) for key, row in shown]


def _names(by: Dimension, keys: Sequence[Any]) -> dict[Any, tuple[str, str | None]]:
    if not keys:
        return {}
    if by.name == "street":
        known = {one.code: one.name for one in grids.places("street")}
        return {key: (known[key], None) for key in keys if key in known}
    columns = (by.key, by.title, by.title if by.title_en is None else by.title_en)
    return {key: (name, name_en) for key, name, name_en in db.session.execute(select(*columns).where(by.key.in_(keys)))}


def _row(key: Any, names: tuple[str, str | None], row: RowMapping) -> Row:
    counts = {name: int(row[name]) for name in ("running", *COUNTED)}
    return Row(key, names[0], names[1] or names[0], counts, row["oldest"])


def _counts(moment: Moment) -> Iterator[Label[Any]]:
    yield func.count().label("running")
    for name in COUNTED:
        yield func.count().filter(QUEUES[name].holds(moment)).label(name)
    yield func.min(Case.due_at).filter(QUEUES["overdue"].holds(moment)).label("oldest")


def figures(actor: Actor, moment: Moment) -> dict[str, int]:
    """The board's figures alone, each counted from its own small index: one statement, for refreshing."""
    counted = [_count(name, actor, moment).label(name) for name in (*COUNTED, "key")]
    row = db.session.execute(select(*counted, *_orders(actor, moment))).mappings().one()
    return {name: int(row[name]) for name in (*COUNTED, "key", *ORDERS)}


def _few(actor: Actor, moment: Moment) -> dict[str, int]:
    """What the tables do not count: key cases and orders."""
    row = db.session.execute(select(_count("key", actor, moment).label("key"), *_orders(actor, moment))).mappings()
    return {name: int(number) for name, number in row.one().items()}


def _count(name: str, actor: Actor, moment: Moment) -> Any:
    return select(func.count()).select_from(Case).where(*queues.holds(name, moment, actor)).scalar_subquery()


def _orders(actor: Actor, moment: Moment) -> Iterator[Label[Any]]:
    visible = queries.visible_to(actor, one_by_one=True)
    late: ColumnElement[bool] = SupervisionOrder.reply_due_at < moment.at
    wanted = {
        "orders_waiting": SupervisionOrder.state.in_(sorted(OrderState.waiting())),
        "orders_overdue": (SupervisionOrder.state == OrderState.open.value) & late,
    }
    for name, condition in wanted.items():
        counted = select(func.count(SupervisionOrder.id)).join(Case, Case.id == SupervisionOrder.case_id)
        yield counted.where(condition, visible).scalar_subquery().label(name)
