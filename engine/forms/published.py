"""What a city's designers have published, read once and looked at again every few seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from engine.forms.models import FormDefinition, FormState
from engine.kit.db import db
from engine.kit.remembering import Remembered


@dataclass(frozen=True)
class Published:
    """One published version of a form."""

    version: int
    published_at: datetime
    entry: Mapping[str, Any]


def entries() -> Mapping[str, Sequence[Published]]:
    """Every designed form by its name, the oldest version first; none where no database is at hand."""
    try:
        return _REMEMBERED.get(None)
    except RuntimeError:  # outside the application: a check of files
        return {}


def forget() -> None:
    """Look again: something was published."""
    _REMEMBERED.forget()


_IS_PUBLISHED = FormDefinition.state == FormState.published.value


def _newest(_: None) -> int:
    return db.session.scalar(select(func.count(FormDefinition.id)).where(_IS_PUBLISHED)) or 0


def _load(_: None) -> dict[str, list[Published]]:
    columns = (FormDefinition.key, FormDefinition.version, FormDefinition.published_at, FormDefinition.entry)
    found: dict[str, list[Published]] = {}
    rows = db.session.execute(
        select(*columns).where(_IS_PUBLISHED).order_by(FormDefinition.key, FormDefinition.version)
    )
    for key, version, published_at, entry in rows:
        found.setdefault(key, []).append(Published(version, published_at, entry))
    return found


_REMEMBERED: Remembered[None, dict[str, list[Published]]] = Remembered(_newest, _load)
