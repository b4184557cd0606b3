"""Correcting what is known of a person or a department: names, telephone numbers, addresses."""

from datetime import datetime
from typing import Any

from engine.kit.db import db
from engine.kit.signals import Doer, announce
from engine.organization.hiring import pinyin_of
from engine.organization.models import Department, User

OF_A_USER = ("name", "phone", "email", "locale")
OF_A_DEPARTMENT = ("name", "short_name", "kind", "region_code", "credit_code", "phone")


def change_user(user: User, values: dict[str, Any], *, by: Doer, at: datetime) -> None:
    """Take over those of ``values`` that are named in OF_A_USER; the user name never changes."""
    _change(user, "user", {name: values[name] for name in OF_A_USER if name in values}, by=by, at=at)
    user.pinyin = pinyin_of(user.name)


def change_department(department: Department, values: dict[str, Any], *, by: Doer, at: datetime) -> None:
    """Take over those of ``values`` that are named in OF_A_DEPARTMENT; its code never changes."""
    wanted = {name: values[name] for name in OF_A_DEPARTMENT if name in values}
    _change(department, "department", wanted, by=by, at=at)


def _change(row: User | Department, kind: str, wanted: dict[str, Any], *, by: Doer, at: datetime) -> None:
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changed:
        return
    before = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    db.session.flush()
    announce(
        f"{kind}.changed", by=by, at=at, object_kind=kind, object_id=row.id, detail={"before": before, "after": changed}
    )
