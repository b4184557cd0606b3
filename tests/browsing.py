"""A browser without a screen, over a real socket: it signs in, keeps its cookie, and sends the token of its forms.

Light on purpose: load tests run dozens of them beside the server.
"""

import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from tests.city import CAST, PASSWORD

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"
IDLE_SECONDS = 3
AWAY = (OSError, HTTPException)
"""What a request raises while nobody answers at the other end."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str


class Browser:
    """One user at one server. Not to be shared between threads."""

    def __init__(self, port: int, *, timeout: float = 60) -> None:
        self._port, self._timeout = port, timeout
        self._connection: HTTPConnection | None = None
        self._cookie = ""
        self._token = ""
        self._used = 0.0

    def sign_in(self, username: str) -> "Browser":
        """Through the sign-in page; ``username`` may be a name of the cast."""
        self._learn_token(self.get("/sign-in"))
        answer = self.post("/sign-in", {"username": CAST.get(username, username), "password": PASSWORD})
        assert answer.status == 303, answer.text
        self._learn_token(self.get("/me"))
        return self

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self.ask("GET", path)

    def post(self, path: str, values: Mapping[str, str] | None = None, *, photo: bytes | None = None) -> Answer:
        """Send a form, with a photo or without."""
        values = {"csrf_token": self._token, **(values or {})}
        if photo is None:
            return self.ask("POST", path, urlencode(values).encode(), FORM)
        boundary = uuid.uuid4().hex
        return self.ask("POST", path, _parts(values, photo, boundary), f"multipart/form-data; boundary={boundary}")

    def ask(self, method: str, path: str, body: bytes | None = None, content_type: str = "") -> Answer:
        """One request; raises one of ``AWAY`` where no answer comes: nobody knows then whether it was done."""
        headers = {"Accept": "text/html", "Cookie": self._cookie}
        if content_type:
            headers["Content-Type"] = content_type
        try:
            connection = self._open()
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        except AWAY:
            self.hang_up()
            raise
        for cookie in response.headers.get_all("Set-Cookie") or []:
            if cookie.startswith("cityloop="):
                self._cookie = cookie.split(";")[0]
        if response.headers.get("Connection") == "close":
            self.hang_up()
        return Answer(response.status, response.headers, text)

    def hang_up(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _open(self) -> HTTPConnection:
        if time.monotonic() - self._used > IDLE_SECONDS:
            self.hang_up()  # the server hangs up soon, too
        self._used = time.monotonic()
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self._port, timeout=self._timeout)
        return self._connection

    def _learn_token(self, answer: Answer) -> None:
        found = TOKEN.search(answer.text)
        assert found is not None, answer.text
        self._token = found[1]


def _parts(values: Mapping[str, str], photo: bytes, boundary: str) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="photos"; filename="photo.jpg"\r\n'
    parts += [head.encode(), b"Content-Type: image/jpeg\r\n\r\n", photo, f"\r\n--{boundary}--\r\n".encode()]
    return b"".join(parts)
