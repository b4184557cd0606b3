"""Running `flask …` as an operator does: in a process of its own, configured by its environment."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from engine.kit.config import ROOT

AT_MOST = 300
"""Seconds: much longer than any command takes where nobody else is at work."""


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """What a city is configured with; nothing of the tests' own surroundings but the search path."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "XDG_RUNTIME_DIR") if name in os.environ}
    own = {"CITYLOOP_DATA_DIR": str(data_dir), "FLASK_APP": str(ROOT / "wsgi.py"), "PYTHONIOENCODING": "utf-8"}
    return kept | own | more


def begin(data_dir: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    """Start a command and come back at once."""
    return subprocess.Popen(
        [sys.executable, "-m", "flask", *words],
        cwd=ROOT,
        env=environment(data_dir, **more),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def run(data_dir: Path, *words: str, **more: str) -> tuple[int, str]:
    """Run a command to its end: its exit code, and what it printed."""
    process = begin(data_dir, *words, **more)
    printed, _ = process.communicate(timeout=AT_MOST)
    return process.returncode, printed


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
