"""The application factory: puts configuration, database, words, guards and doors together."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

import web.cli
from engine import rooms
from engine.attachments import files
from engine.cases.routing import SOURCES
from engine.exports import files as exports
from engine.kit.config import ROOT, Config
from engine.kit.db import db, prepare
from engine.notifications.channels import registry
from reports import case_list, enclosures
from web import (
    configuration,
    doors,
    errors,
    guards,
    languages,
    logs,
    numbers,
    presenting,
    rail,
    security,
    session,
)
from web.desk import wording
from web.edge import Edge


def create_app(config: Config | None = None) -> Flask:
    """The web application of one city, configured from the environment unless ``config`` is given."""
    config = config or Config.from_env()
    app = Edge("web", root_path=str(ROOT / "web"))
    app.config.update(configuration.flask_settings(config))
    app.extensions["cityloop.config"] = config
    logs.configure(as_json=config.log_json)
    files.keep_in(config)
    exports.keep_in(config)
    registry.offer(config.outgoing)
    enclosures.register()
    case_list.register(wording.STAGES | SOURCES)
    _open_database(app)
    numbers.init_app(app)
    # The order of what is asked before each request: log, language, token, then who it is.
    for part in (logs, languages, security, session, guards, errors, presenting, doors, rail):
        part.init_app(app)
    _add_commands(app)
    if config.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _open_database(app: Flask) -> None:
    rooms.import_models()
    rooms.connect_receivers()
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    with app.app_context():
        prepare(db.engine)


def _add_commands(app: Flask) -> None:
    """Each module of ``web/cli`` holds one ``command``."""
    for module in iter_modules(web.cli.__path__, "web.cli."):
        app.cli.add_command(import_module(module.name).command)
