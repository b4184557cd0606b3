"""The list of doors. A door is a package with ``door.py`` (its blueprint); its other modules hold the views."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from flask import Flask

from web import health

DOORS = (
    "signin",
    "desk",
    "supervision",
    "department",
    "evaluation",
    "messages",
    "admin",
    "studio",
    "field",
    "portal",
    "api",
    "open311",
)


def init_app(app: Flask) -> None:
    """Open every door that is there."""
    app.register_blueprint(health.door)
    for name in DOORS:
        if find_spec(f"web.{name}") and find_spec(f"web.{name}.door"):
            _open(app, name)


def _open(app: Flask, name: str) -> None:
    package = import_module(f"web.{name}")
    blueprint = import_module(f"web.{name}.door").door
    for module in iter_modules(package.__path__, f"web.{name}."):
        import_module(module.name)
    app.register_blueprint(blueprint)
