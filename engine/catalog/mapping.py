"""From one code system to the other: what a 2013 category is called since 2026, and back."""

from sqlalchemy import select

from engine.catalog.models import Category, CodeSystem
from engine.kit.db import db

OTHER = {CodeSystem.gbt_2013.value: CodeSystem.gbt_2026.value, CodeSystem.gbt_2026.value: CodeSystem.gbt_2013.value}


def counterpart(category: Category) -> Category | None:
    """The same category in the other national system; None where it was dropped, split or is new (never guessed)."""
    system = OTHER.get(category.code_system)
    if system is None or not category.other_code:
        return None
    return db.session.scalar(
        select(Category).where(
            Category.code_system == system, Category.kind == category.kind, Category.code == category.other_code
        )
    )


def unmapped(code_system: str) -> list[Category]:
    """Categories of ``code_system`` without a counterpart: a person decides about their components and rules."""
    found = db.session.scalars(
        select(Category)
        .where(Category.code_system == code_system, Category.other_code == "", Category.is_active)
        .order_by(Category.kind, Category.code)
    )
    return list(found)
