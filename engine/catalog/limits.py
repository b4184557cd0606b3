"""How long handling may take: the limit of a filing condition in an area of class A, B or C (GB/T 30428.8)."""

from engine.catalog.models import FilingCondition
from engine.kit.errors import Invalid
from engine.kit.i18n import N_

AREA_CLASSES = ("A", "B", "C")


def limit_of(condition: FilingCondition, area_class: str) -> tuple[float, str]:
    """Value and unit (a ``LimitUnit`` word) of the limit that holds in an area of ``area_class``.

    Raises Invalid for a class that does not exist.
    """
    values = {"A": condition.limit_a, "B": condition.limit_b, "C": condition.limit_c}
    if area_class not in values:
        raise Invalid.field("area_class", N_("The area class must be A, B or C."))
    return values[area_class], condition.limit_unit
