"""The supervisors' board: how many running cases stand out, and where: by department, place, category and person.

All tables are counted from one index of running cases (``indexes.BOARD``), each in one statement.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Label, func, select

from engine.access.actors import Actor
from engine.cases import queries
from engine.cases.models import Case
from engine.catalog.models import Category
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
    """Everything that the board shows, in five statements. ``place`` is "street" or "grid"."""
    tables = {name: table(name, actor, moment, wanted) for name in ("department", place, "category", "person")}
    rows = tables["department"]
    figures = {name: sum(row.counts[name] for row in rows) for name in ("running", *COUNTED)}
    oldest = min((row.oldest for row in rows if row.oldest is not None), default=None)
    return Board(figures | _few(actor, moment), oldest, tables)


def table(name: str, actor: Actor, moment: Moment, wanted: Narrowing | None = None) -> list[Row]:
    """The counts of running cases by one dimension, most overdue first: one statement."""
    by = DIMENSIONS[name]
    conditions = [OPEN, queries.visible_to(actor, one_by_one=True), *(wanted.conditions() if wanted else ())]
    counted = select(by.column.label("key"), *_counts(moment)).where(*conditions).group_by(by.column)
    # People are looked for only where somebody has the case in hand.
    counted = counted.where(by.column.is_not(None)) if name == "person" else counted
    first = (func.count().filter(QUEUES["overdue"].holds(moment)).desc(), func.count().desc(), by.column)
    few = counted.order_by(*first).limit(by.most).subquery()
    names = [by.title.label("name"), (by.title if by.title_en is None else by.title_en).label("name_en")]
    found = select(few, *names).outerjoin_from(few, by.key.class_, by.key == few.c.key)
    found = found.order_by(few.c.overdue.desc(), few.c.running.desc(), few.c.key)
    return [_row(row) for row in db.session.execute(found).mappings()]


def _row(row: Any) -> Row:
    counts = {name: int(row[name]) for name in ("running", *COUNTED)}
    return Row(row["key"], row["name"] or "", row["name_en"] or row["name"] or "", counts, row["oldest"])


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
