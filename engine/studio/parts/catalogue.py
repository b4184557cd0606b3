"""The catalogue in two parts: categories (大类、小类), and filing conditions (立案条件) with their time limits.

Both are keyed by what standards call them, not by rows: "GBT30428.2-2013/component/0101", and "…#2" for its second
condition. What an archive has not is taken out of use; cases keep what they were filed under.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate

from engine.catalog import checks, putting
from engine.catalog.excel import CLOCKS, GEOMETRIES, KINDS, UNITS
from engine.catalog.models import Category, FilingCondition
from engine.kit.i18n import N_
from engine.studio.archive_comparing import Items, Told
from engine.studio.parts.part import Hand, Part, Problem, shaped

NUMBER = "#"
_OF_CATEGORY = (
    "name", "major_code", "major_name", "name_en", "dept_type", "description", "geometry", "other_code", "certainty",
    "note", "is_active",
)  # fmt: skip
_OF_CONDITION = (
    "text", "limit_value", "limit_unit", "clock", "closing_standard", "limit_a", "limit_b", "limit_c", "is_urgent",
    "basis", "is_verified", "is_active",
)  # fmt: skip
WORDS = {
    "name": N_("Name"),
    "major_code": N_("Major code"),
    "major_name": N_("Major"),
    "name_en": N_("English name"),
    "dept_type": N_("Usual department"),
    "description": N_("Description"),
    "geometry": N_("Geometry"),
    "other_code": N_("Code in the other system"),
    "certainty": N_("Certainty"),
    "note": N_("Remark"),
    "is_active": N_("In use"),
    "text": N_("Filing condition"),
    "limit_value": N_("Time limit"),
    "limit_unit": N_("Unit"),
    "clock": N_("Clock"),
    "closing_standard": N_("Closing standard"),
    "limit_a": N_("Limit in class A"),
    "limit_b": N_("Limit in class B"),
    "limit_c": N_("Limit in class C"),
    "is_urgent": N_("Urgent"),
    "basis": N_("Basis of the limit"),
    "is_verified": N_("Compared with GB/T 30428.8"),
    "yes": N_("yes"),
    "no": N_("no"),
    **KINDS,
    **GEOMETRIES,
    **UNITS,
    **CLOCKS,
}


def _text(most: int, least: int = 0) -> fields.String:
    return fields.String(required=True, validate=validate.Length(least, most))


def _one_of(words: Mapping[str, str]) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(sorted(words)))


def _limit() -> fields.Float:
    return fields.Float(required=True, allow_nan=False)


class _Category(Schema):
    name = _text(60, 1)
    major_code = _text(2, 2)
    major_name = _text(60, 1)
    name_en = _text(80)
    dept_type = _text(100)
    description = _text(300)
    geometry = _one_of(GEOMETRIES)
    other_code = _text(8)
    certainty = _text(12)
    note = _text(200)
    is_active = fields.Boolean(required=True, truthy={True}, falsy={False})


class _Condition(Schema):
    text = _text(200, 1)
    limit_value = _limit()
    limit_unit = _one_of(UNITS)
    clock = _one_of(CLOCKS)
    closing_standard = _text(200)
    limit_a = _limit()
    limit_b = _limit()
    limit_c = _limit()
    is_urgent = fields.Boolean(required=True, truthy={True}, falsy={False})
    basis = _text(40)
    is_verified = fields.Boolean(required=True, truthy={True}, falsy={False})
    is_active = fields.Boolean(required=True, truthy={True}, falsy={False})


def _read_categories() -> dict[str, Any]:
    return {"/".join(key): _plain(row, _OF_CATEGORY) for key, row in putting.stored().items()}


def _read_conditions() -> dict[str, Any]:
    return {
        f"{'/'.join(key)}{NUMBER}{one.number}": _plain(one, _OF_CONDITION)
        for key, row in putting.stored().items()
        for one in row.conditions
    }


def _plain(row: Category | FilingCondition, names: Collection[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _key(key: str) -> dict[str, str]:
    """Code system, kind and code. Raises ValueError for what is no key of a category."""
    system, kind, code = key.split("/")
    if not 0 < len(system) <= 40 or kind not in KINDS or len(code) not in {4, 5}:
        raise ValueError(key)
    return {"code_system": system, "kind": kind, "code": code}


def _numbered(key: str) -> dict[str, Any]:
    """The same for a condition, with its number."""
    of, _, number = key.rpartition(NUMBER)
    if not number.isdecimal() or not 0 < len(number) < 5:
        raise ValueError(key)
    return {**_key(of), "number": int(number)}


def _check_categories(items: Items, at: datetime) -> list[Problem]:  # noqa: ARG001 - as every part's
    return shaped(_Category(), items) or [one for key, item in items.items() for one in _of_category(key, item)]


def _of_category(key: str, item: Mapping[str, Any]) -> list[Problem]:
    try:
        values = {**item, **_key(key)}
    except ValueError:
        return [Problem(key, N_("A code consists of digits."))]
    return [Problem(key, text) for _, text in checks.problems_of_category(values)]


def _check_conditions(items: Items, at: datetime) -> list[Problem]:  # noqa: ARG001 - as every part's
    known = {"/".join(key) for key in putting.stored()}
    return shaped(_Condition(), items) or [
        one for key, item in items.items() for one in _of_condition(key, item, known)
    ]


def _of_condition(key: str, item: Mapping[str, Any], known: Collection[str]) -> list[Problem]:
    try:
        _numbered(key)
    except ValueError:
        return [Problem(key, checks.NO_CATEGORY)]
    missing = [] if key.rpartition(NUMBER)[0] in known else [Problem(key, checks.NO_CATEGORY)]
    return missing + [Problem(key, text) for _, text in checks.problems_of_limits(item)]


def _put_categories(items: Items, hand: Hand) -> None:
    stored, tally = putting.stored(), putting.Tally()
    for key, item in items.items():
        putting.put_category({**item, **_key(key)}, stored, tally, write=True)
    putting.record(tally, by=hand.by, at=hand.at)


def _put_conditions(items: Items, hand: Hand) -> None:
    stored, tally = putting.stored(), putting.Tally()
    for key, item in items.items():
        putting.put_condition({**item, **_numbered(key)}, stored, tally, write=True)
    putting.record(tally, by=hand.by, at=hand.at)


def _remove_categories(keys: Collection[str], hand: Hand) -> None:
    here = _read_categories()
    _put_categories({key: here[key] | {"is_active": False} for key in keys}, hand)


def _remove_conditions(keys: Collection[str], hand: Hand) -> None:
    here = _read_conditions()
    _put_conditions({key: here[key] | {"is_active": False} for key in keys}, hand)


def tell(item: Mapping[str, Any]) -> Told:
    """Every value in a line, as people write it."""
    return {name: told(value) for name, value in item.items() if value not in {"", None}}


def told(value: Any) -> str:
    """One value: yes or no as a word, a number without needless zeros."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


CATEGORIES = Part(
    "categories",
    N_("Categories"),
    read=_read_categories,
    check=_check_categories,
    put=_put_categories,
    tell=tell,
    title=lambda key, item: f"{item['name']} ({key})",
    words=WORDS,
    remove=_remove_categories,
    is_ground=True,
)
CONDITIONS = Part(
    "filing_conditions",
    N_("Filing conditions and time limits"),
    read=_read_conditions,
    check=_check_conditions,
    put=_put_conditions,
    tell=tell,
    title=lambda key, item: f"{item['text']} ({key})",
    words=WORDS,
    remove=_remove_conditions,
)
