"""The list of rooms, lowest first. Whoever starts the program asks here for all tables and all listeners."""

from importlib import import_module
from importlib.util import find_spec

ROOMS = (
    "organization",
    "access",
    "audit",
    "settings",
    "catalog",
    "grids",
    "calendars",
    "components",
    "process",
    "deadlines",
    "dispatch_rules",
    "decisions",
    "forms",
    "attachments",
    "cases",
    "supervision",
    "exports",
    "evaluation",
    "legacy",
    "studio",
    "notifications",
    "statistics",
    "simulation",
)


def import_models() -> None:
    """Import every room's tables, so that the metadata is whole before anything is created or mapped."""
    _import_each("models")


def connect_receivers() -> None:
    """Import every room's listeners, so that the signals of the rooms below it are heard."""
    _import_each("receivers")


def _import_each(name: str) -> None:
    for room in ROOMS:
        if find_spec(f"engine.{room}") and find_spec(f"engine.{room}.{name}"):
            import_module(f"engine.{room}.{name}")
