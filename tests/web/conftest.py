"""A real browser before a real server, for what only a browser can tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.browsing import TOKEN
from tests.city import CAST, PASSWORD

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of the application, served on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def browse(chromium: Any, address: str) -> Iterator[Any]:
    """``with browse("wang") as page:`` is a page whose relative addresses lead to the application, Wang signed in.

    ``page.complaints`` lists what the browser's console said: errors of scripts, and what the policy blocked.
    """

    @contextmanager
    def open_page(
        username: str | None = None, *, size: dict[str, int] = DESK, language: str = "zh-CN"
    ) -> Iterator[Any]:
        context = chromium.new_context(base_url=address, viewport=size, locale=language)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        if username:
            sign_in(page, username)
        yield page
        context.close()

    yield open_page


def sign_in(page: Any, username: str) -> None:
    """Send what the sign-in page sends, and keep the cookie: two pages less to draw for everybody in a story."""
    client = page.context.request
    token = TOKEN.search(client.get("/sign-in").text())
    assert token is not None
    typed = {"csrf_token": token[1], "username": CAST.get(username, username), "password": PASSWORD}
    answer = client.post("/sign-in", form=typed, max_redirects=0)
    assert answer.status == 303, answer.text()
