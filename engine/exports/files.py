"""Where exports lie until they are taken: ``exports/<id>/`` below the data directory, rows first, then the workbook."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from engine.kit.config import Config

FOLDER = "exports"
WORKBOOK = "workbook.xlsx"

_folder: Path | None = None


def keep_in(config: Config) -> None:
    """Keep exports in the data directory of ``config``: whoever starts the program says this once."""
    global _folder  # noqa: PLW0603 - deployment configuration, read once
    _folder = config.data_dir / FOLDER


def folder(export_id: int) -> Path:
    """The folder of one export."""
    if _folder is None:
        keep_in(Config.from_env())
    assert _folder is not None  # noqa: S101
    return _folder / str(export_id)


def workbook(export_id: int) -> Path:
    """Path of the finished workbook."""
    return folder(export_id) / WORKBOOK


def keep_rows(export_id: int, first: int, rows: list[list[Any]]) -> None:
    """Keep the rows that begin at ``first``. Half a file is never seen; the same rows again replace it."""
    path = _part(export_id, first)
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_suffix(".making")
    making.write_bytes(orjson.dumps(rows))
    making.replace(path)


def has_rows(export_id: int, first: int) -> bool:
    """Are the rows that begin at ``first`` there? Another machine may have had them, or a disk was changed."""
    return _part(export_id, first).exists()


def rows(export_id: int) -> Iterator[list[Any]]:
    """Every row that was kept, in order."""
    for path in sorted(folder(export_id).glob("*.json")):
        yield from orjson.loads(path.read_bytes())


def drop_rows(export_id: int) -> None:
    """The workbook stands: its rows need not be kept beside it."""
    for path in folder(export_id).glob("*.json"):
        path.unlink(missing_ok=True)


def drop(export_id: int) -> None:
    """Delete everything of an export."""
    shutil.rmtree(folder(export_id), ignore_errors=True)


def _part(export_id: int, first: int) -> Path:
    return folder(export_id) / f"{first:09}.json"
