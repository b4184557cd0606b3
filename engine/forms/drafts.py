"""What was typed survives an expired session: kept when the sign-in is asked for again, taken once afterwards."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import orjson
from sqlalchemy import delete

from engine.forms.errors import DraftTooLarge, NoSuchDraft
from engine.forms.models import FormDraft
from engine.kit.db import db

LARGEST = 64 * 1024
"""Bytes of one draft as JSON."""

KEPT_FOR = timedelta(days=1)

NEVER_KEPT = frozenset({"password", "csrf", "token", "otp"})
"""A field whose name holds one of these words is a secret, or worthless tomorrow."""


def keep(user_id: int, path: str, values: Mapping[str, str | Sequence[str]], at: datetime) -> int:
    """Keep what ``user_id`` typed into the page ``path``, instead of an older draft of that page; returns its number.

    Raises DraftTooLarge above 64 KB.
    """
    entered = {name: _texts(given) for name, given in values.items() if not _is_secret(name)}
    if len(orjson.dumps(entered)) > LARGEST:
        raise DraftTooLarge
    path = path[:300]
    db.session.execute(delete(FormDraft).where(FormDraft.user_id == user_id, FormDraft.path == path))
    draft = FormDraft(user_id=user_id, path=path, entered=entered, at=at)
    db.session.add(draft)
    db.session.flush()
    return draft.id


def take(user_id: int, draft_id: int) -> dict[str, list[str]]:
    """Give back what was typed and forget it.

    Raises NoSuchDraft where it was taken, purged, or somebody else's: nobody learns which.
    """
    draft = db.session.get(FormDraft, draft_id)
    if draft is None or draft.user_id != user_id:
        raise NoSuchDraft
    db.session.delete(draft)
    db.session.flush()
    return dict(draft.entered)


def purge(at: datetime) -> int:
    """Forget drafts older than a day; returns how many."""
    # mypy takes the result for one of a select, which counts nothing.
    return db.session.execute(delete(FormDraft).where(FormDraft.at < at - KEPT_FOR)).rowcount  # type: ignore[attr-defined, no-any-return]


def _texts(given: str | Sequence[str]) -> list[str]:
    parts = [given] if isinstance(given, str) else list(given)
    return [part.replace("\0", "") for part in parts if isinstance(part, str)]


def _is_secret(name: str) -> bool:
    return not NEVER_KEPT.isdisjoint(re.split(r"[_\-.]", name.lower()))
