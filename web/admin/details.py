"""The detail of a record in the audit log as lines of text."""

from collections.abc import Iterator, Mapping
from typing import Any

INDENT = "  "


def readable(detail: Mapping[str, Any]) -> str:
    """One line ``name: value`` for each entry; what lies within an entry stands indented below it."""
    return "\n".join(_lines(detail))


def _lines(value: Any) -> Iterator[str]:
    entries = value.items() if isinstance(value, Mapping) else enumerate(value, start=1)
    for name, each in entries:
        if _is_deep(each):
            yield f"{name}:"
            yield from (f"{INDENT}{line}" for line in _lines(each))
        else:
            yield f"{name}: {_plain(each)}"


def _is_deep(value: Any) -> bool:
    """Whether a value needs lines of its own: a list of plain values fits into one."""
    if isinstance(value, list):
        return any(isinstance(each, Mapping | list) for each in value)
    return isinstance(value, Mapping) and bool(value)


def _plain(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
