"""What the attachments room does by the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from engine.attachments import files
from engine.attachments.models import Attachment
from engine.kit.db import db

GRACE = timedelta(days=1)
"""Younger files may belong to a transaction that has not committed yet."""
BATCH = 500


def sweep(at: datetime) -> int:
    """Remove files that no row names, and uploads that broke off; returns how many. Safe to run twice."""
    removed = _remove(path for path in files.incoming().iterdir() if _is_old(path, at))
    old = (path for path in files.keeping().folder.glob("??/??/*") if _is_old(path, at))
    while batch := list(islice(old, BATCH)):
        removed += _remove_unnamed(batch, at)
    return removed


def _remove_unnamed(paths: list[Path], at: datetime) -> int:
    names = {path: path.name.removesuffix(files.THUMBNAIL) for path in paths}
    named = set(db.session.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(set(names.values())))))
    # Its age is asked again: the same bytes may have been handed in meanwhile.
    return _remove(path for path, name in names.items() if name not in named and _is_old(files.original(name), at))


def _remove(paths: Iterator[Path]) -> int:
    count = 0
    for path in paths:
        path.unlink(missing_ok=True)
        count += 1
    return count


def _is_old(path: Path, at: datetime) -> bool:
    try:
        return path.stat().st_mtime < (at - GRACE).timestamp()
    except FileNotFoundError:
        return True
