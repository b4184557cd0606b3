"""The real program in processes of its own: gunicorn and workers as a city runs them, to be killed and restarted."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from engine.kit.config import ROOT

START_SECONDS = 90
"""What a busy machine may need: gunicorn reads the whole program first."""


class Running:
    """One program in a process group of its own."""

    def __init__(self, command: list[str], environment: Mapping[str, str], log: Path) -> None:
        self._command, self._environment, self.log = command, dict(environment), log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the process that was started."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Does it still run?"""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it (again)."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=os.environ | self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """As a power cut does: nothing may be finished, nothing cleaned up."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """As an administrator does."""
        self._signal(signal.SIGTERM, seconds=10)
        self.kill()

    def _signal(self, number: int, seconds: float = 10) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, number)
            self._process.wait(seconds)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            return


class Web(Running):
    """Gunicorn on a port of this machine."""

    def __init__(self, url: str, data_dir: Path, *, processes: int = 1, threads: int = 8) -> None:
        self.port = _free_port()
        command = [sys.executable, "-m", "gunicorn", "--config", "web/gunicorn.py", "--bind", f"127.0.0.1:{self.port}",
                   "wsgi:app"]  # fmt: skip
        sizes = {"CITYLOOP_WEB_PROCESSES": str(processes), "CITYLOOP_WEB_THREADS": str(threads)}
        super().__init__(command, _environment(url, data_dir) | sizes, data_dir / "web.log")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        super().start()
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if not self.is_alive or self.answers():
                break
            time.sleep(0.1)
        assert self.answers(), self.log.read_text()[-4000:]

    def answers(self) -> bool:
        """Does the health page say so?"""
        try:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False


class Worker(Running):
    """``flask worker``."""

    def __init__(self, url: str, data_dir: Path, number: int = 1) -> None:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        super().__init__(command, _environment(url, data_dir), data_dir / f"worker-{number}.log")


@contextmanager
def running(*programs: Running) -> Iterator[None]:
    """Started at first, gone at last."""
    try:
        for program in programs:
            program.start()
        yield
    finally:
        for program in programs:
            program.stop()


def _environment(url: str, data_dir: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "CITYLOOP_DATA_DIR": str(data_dir),
        "SECRET_KEY": "a key for tests",
        "CITYLOOP_LOG_JSON": "1",
    }


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
