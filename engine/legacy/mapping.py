"""The mapping of a file: a TOML page that says which column holds what. See ``docs/examples``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import Schema, ValidationError, fields, validate

from engine.kit.config import Config
from engine.legacy.errors import MappingWrong

REPORT_COLUMNS = frozenset({"number", "reported_at", "title", "description", "place", "reporter", "phone"})
CASE_COLUMNS = frozenset({
    "number", "reported_at", "due_at", "closed_at", "title", "description", "place", "lng", "lat", "note",
    "department", "major", "category", "verdict",
})  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """What a mapping says. ``columns`` gives the file's heading for each of our words."""

    name: str
    """Of the system that the file comes from: kept as ``source_system`` with every case."""
    zone: ZoneInfo
    columns: Mapping[str, str]
    encoding: str | None = None
    delimiter: str = ","
    time_formats: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    """Headings whose values are kept as they are, in the timeline's first entry."""
    region_code: str = "000000"
    code_system: str = "CITY-LEGACY"
    extracted_at: datetime | None = None
    """When the file was drawn: what was open then is judged by that moment."""
    parent_department: str | None = None
    departments: Mapping[str, str] = field(default_factory=dict)
    """Names of the departments by their codes in the file."""
    on_time: str = ""
    overdue: str = ""
    """The file's own words for its judgement, in the column ``verdict``."""

    def value(self, word: str, values: Mapping[str, str]) -> str:
        """What a row holds for one of our words; empty where the file has no such column."""
        heading = self.columns.get(word)
        return values.get(heading, "") if heading else ""


def read(path: Path, words: frozenset[str]) -> Layout:
    """The mapping at ``path``, which may use ``words``. Raises MappingWrong with what is wrong in it."""
    try:
        raw = _schema(words)().load(tomllib.loads(path.read_text("utf-8")))
        return _layout(raw)
    except (OSError, ValueError, ZoneInfoNotFoundError, ValidationError) as error:
        raise MappingWrong(reason=str(error)) from error


def _layout(raw: dict[str, Any]) -> Layout:
    name = raw.pop("time_zone", None)
    zone = ZoneInfo(name) if name else Config.from_env().time_zone
    drawn = raw.pop("extracted_at", None)
    return Layout(
        zone=zone,
        time_formats=tuple(raw.pop("time_formats", ())),
        keep=tuple(raw.pop("keep", ())),
        extracted_at=drawn if drawn is None or drawn.tzinfo else drawn.replace(tzinfo=zone),
        **raw,
    )


def _schema(words: frozenset[str]) -> type[Schema]:
    """What a mapping may hold; its ValidationError names the keys that are wrong."""
    text = validate.Length(min=1, max=200)
    return Schema.from_dict({
        "name": fields.String(required=True, validate=validate.Regexp(r"[A-Za-z0-9_.-]{1,40}$")),
        "time_zone": fields.String(validate=text),
        "encoding": fields.String(validate=text),
        "delimiter": fields.String(validate=validate.Length(equal=1)),
        "time_formats": fields.List(fields.String(validate=text)),
        "keep": fields.List(fields.String(validate=text)),
        "region_code": fields.String(validate=validate.Regexp(r"\d{6}$")),
        "code_system": fields.String(validate=validate.Regexp(r"CITY-[A-Z0-9-]{1,35}$")),
        "extracted_at": fields.Raw(validate=_is_moment),
        "parent_department": fields.String(validate=text),
        "departments": fields.Dict(fields.String(), fields.String(validate=text)),
        "on_time": fields.String(),
        "overdue": fields.String(),
        "columns": fields.Dict(
            fields.String(validate=validate.OneOf(sorted(words))), fields.String(validate=text),
            required=True, validate=_has_needed,
        ),
    })  # fmt: skip


def _is_moment(value: Any) -> None:
    if not isinstance(value, datetime):
        raise ValidationError("a date and time without quotes is needed, such as 2016-01-11T15:00:00")


def _has_needed(columns: Mapping[str, str]) -> None:
    missing = {"number", "reported_at"} - set(columns)
    if missing:
        raise ValidationError(f"columns needs {', '.join(sorted(missing))}")
    if not {"description", "title"} & set(columns):
        raise ValidationError("columns needs description or title")
