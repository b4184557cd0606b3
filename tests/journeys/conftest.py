"""Journeys happen at the city's own time, in a real browser."""

from collections.abc import Iterator
from contextlib import ExitStack
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.city import City
from tests.journeys.people import Street, Wall
from tests.web.conftest import browse

__all__ = ["browse"]


@pytest.fixture
def wall() -> Wall:
    """The clock on the city's wall: Monday morning, nine o'clock."""
    return Wall()


@pytest.fixture
def address(app: Flask, wall: Wall) -> Iterator[str]:
    """The application on a free port, at the wall's time."""
    server = make_server("127.0.0.1", 0, wall.over(app), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def street(city: City, browse: Any, wall: Wall) -> Iterator[Street]:
    """``with street.person("li") as li:`` is acceptor Li at the screen; afterwards workers do their part."""
    with ExitStack() as screens:
        yield Street(city, browse, wall, screens)
