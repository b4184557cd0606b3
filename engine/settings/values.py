"""Reading and changing settings. Reading costs no statement: values are kept a few seconds."""

import logging
from collections.abc import Hashable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.remembering import Remembered
from engine.kit.signals import Doer, announce
from engine.settings.declarations import Setting, T
from engine.settings.models import SettingValue

log = logging.getLogger(__name__)


def get(setting: Setting[T]) -> T:
    """The value in force. A stored one that its declaration no longer allows is ignored, and the log says so."""
    stored = _stored.get("all")
    if setting.name not in stored:
        return setting.default
    try:
        return setting.check(stored[setting.name])
    except Invalid:
        log.warning("setting %s: the stored value is not allowed any more, its default is used", setting.name)
        return setting.default


def set(setting: Setting[T], value: T, *, by: Doer, at: datetime) -> None:
    """Change a setting, with a record in the audit log. Raises Invalid for a value its declaration does not allow."""
    allowed, before = setting.check(value), get(setting)
    row = db.session.get(SettingValue, setting.name)
    if row is None:
        row = SettingValue(name=setting.name)
        db.session.add(row)
    row.value, row.changed_at, row.changed_by_id = allowed, at, by.id
    db.session.flush()
    announce(
        "setting.changed",
        by=by,
        at=at,
        object_kind="setting",
        object_id=setting.name,
        detail={"before": before, "after": allowed},
    )
    _stored.forget()


def look_again() -> None:
    """Read the rows at the next call: for whoever compares, and must not compare with what was remembered."""
    _stored.forget()


def _read(_: str) -> dict[str, Any]:
    return {row.name: row.value for row in db.session.execute(select(SettingValue.name, SettingValue.value))}


def _version(_: str) -> Hashable:
    return tuple(db.session.execute(select(func.count(), func.max(SettingValue.changed_at))).one())


_stored: Remembered[str, dict[str, Any]] = Remembered(_version, _read)
