"""Reading the catalogue: search, majors, conditions."""

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import selectinload

from engine.catalog.models import Category, CategoryKind, FilingCondition
from engine.kit.db import db
from engine.kit.errors import NotFound


class CategoryNotFound(NotFound):
    """There is no such category."""


class ConditionNotFound(NotFound):
    """There is no such filing condition."""


def search(text: str, *, code_system: str, kind: str | None = None, limit: int = 20) -> list[Category]:
    """Active categories by code, name or pinyin initials; those that begin with ``text`` first."""
    text = text.strip()
    statement = _active(code_system, kind)
    if text:
        word = text.lower()
        starts = or_(
            Category.code.startswith(text, autoescape=True),
            Category.name.startswith(text, autoescape=True),
            Category.pinyin.startswith(word, autoescape=True),
        )
        inside = or_(Category.name.contains(text, autoescape=True), Category.pinyin.contains(word, autoescape=True))
        statement = statement.where(or_(starts, inside)).order_by(case((starts, 0), else_=1))
    return list(db.session.scalars(statement.order_by(Category.kind, Category.code).limit(limit)))


def listing(
    *, code_system: str, kind: str | None = None, major_code: str | None = None, include_inactive: bool = False
) -> list[Category]:
    """Categories in the order of their codes, with their conditions."""
    statement = select(Category).where(*_in(code_system, kind)).options(selectinload(Category.conditions))
    if major_code:
        statement = statement.where(Category.major_code == major_code)
    if not include_inactive:
        statement = statement.where(Category.is_active)
    return list(db.session.scalars(statement.order_by(Category.kind, Category.code)))


def choices(*, code_system: str) -> list[tuple[int, str]]:
    """Id and "major · name" of every active category, for a list to choose from: one light statement."""
    statement = _active(code_system, None).with_only_columns(Category.id, Category.major_name, Category.name)
    found = db.session.execute(statement.order_by(Category.kind, Category.code))
    return [(id_, f"{major} · {name}") for id_, major, name in found]


def count(*, code_system: str) -> int:
    """How many active categories there are."""
    counted = _active(code_system, None).with_only_columns(func.count())
    return db.session.scalar(counted) or 0


def majors(*, code_system: str, kind: str | None = None) -> list[tuple[str, str, str]]:
    """Kind, code and name of every major (大类) that has an active category."""
    statement = _active(code_system, kind).with_only_columns(Category.kind, Category.major_code, Category.major_name)
    found = db.session.execute(statement.distinct().order_by(Category.kind, Category.major_code))
    return [(kind, code, name) for kind, code, name in found]


def get(category_id: int) -> Category:
    """One category.

    Raises CategoryNotFound.
    """
    category = db.session.get(Category, category_id)
    if category is None:
        raise CategoryNotFound
    return category


def by_code(code_system: str, kind: str, code: str) -> Category | None:
    """The category with that code; the kind is part of the key because both kinds count from 01 in 2013."""
    return db.session.scalar(
        select(Category).where(Category.code_system == code_system, Category.kind == kind, Category.code == code)
    )


def conditions_of(category_id: int) -> list[FilingCondition]:
    """Active filing conditions of a category, in their order."""
    statement = select(FilingCondition).where(FilingCondition.category_id == category_id, FilingCondition.is_active)
    return list(db.session.scalars(statement.order_by(FilingCondition.number)))


def condition(condition_id: int) -> FilingCondition:
    """One filing condition.

    Raises ConditionNotFound.
    """
    found = db.session.get(FilingCondition, condition_id)
    if found is None:
        raise ConditionNotFound
    return found


def code_systems() -> list[str]:
    """Every code system that has categories, the newest national one last."""
    return list(db.session.scalars(select(Category.code_system).distinct().order_by(Category.code_system)))


def _active(code_system: str, kind: str | None) -> Select[Category]:
    return select(Category).where(*_in(code_system, kind), Category.is_active)


def _in(code_system: str, kind: str | None) -> list[ColumnElement[bool]]:
    terms = [Category.code_system == code_system]
    if kind:
        terms.append(Category.kind == CategoryKind(kind).value)
    return terms
