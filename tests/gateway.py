"""A gateway on loopback that takes JSON, keeps what it was sent, and answers as it is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Gateway(ThreadingHTTPServer):
    """``taken`` are (path, headers, body) of what came; ``status`` and ``answer`` are what it says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.status, self.answer = 200, {"errcode": 0}
        self.hangs_up = False
        self.elsewhere = ""

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/send?key=S3cret-Key"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Gateway

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, dict(self.headers), json.loads(data)))
        if self.server.hangs_up:
            self.connection.close()
            return
        answer = json.dumps(self.server.answer).encode()
        self.send_response(self.server.status)
        if self.server.elsewhere:
            self.send_header("Location", self.server.elsewhere)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


@contextmanager
def open_gateway() -> Iterator[Gateway]:
    """A gateway that listens in here."""
    gateway = Gateway()
    thread = Thread(target=gateway.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.shutdown()
        gateway.server_close()
        thread.join()
