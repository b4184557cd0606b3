"""What is wrong with a category or a filing condition, however it is entered: by hand, in a workbook, in an archive."""

from collections.abc import Mapping
from typing import Any

from engine.kit.i18n import N_

LIMITS = ("limit_value", "limit_a", "limit_b", "limit_c")
MOST = 1000
OUT_OF_BOUNDS = N_("The limit must be between 0 and 1000.")
NO_CATEGORY = N_("There is no category with this code.")


def problems_of_category(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Field and msgid of what is wrong with a category's codes; those that are not given are passed over."""
    code, major = values.get("code"), values.get("major_code")
    if code and not code.isdecimal():
        return [("code", N_("A code consists of digits."))]
    if code and major and not code.startswith(major):
        return [("major_code", N_("The code does not begin with its major code."))]
    return []


def problems_of_limits(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Field and msgid of each limit of a filing condition that is given and is none."""
    given = {name: value for name in LIMITS if (value := values.get(name)) is not None}
    return [(name, OUT_OF_BOUNDS) for name, value in given.items() if not 0 < value <= MOST]
