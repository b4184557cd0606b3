"""Reading settings for the administrator's page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.kit.db import db
from engine.settings import values
from engine.settings.declarations import Setting, declared
from engine.settings.models import SettingValue


@dataclass(frozen=True)
class Listed:
    """A setting as the page shows it; ``changed_at`` is None while its default holds."""

    setting: Setting
    value: Any
    changed_at: datetime | None
    changed_by_id: int | None


def listed() -> list[Listed]:
    """Every declared setting with its value, by name."""
    rows = {row.name: row for row in db.session.scalars(select(SettingValue))}
    return [_listed(setting, rows.get(setting.name)) for setting in declared()]


def _listed(setting: Setting, row: SettingValue | None) -> Listed:
    value = values.get(setting)
    return Listed(setting, value, row.changed_at, row.changed_by_id) if row else Listed(setting, value, None, None)
