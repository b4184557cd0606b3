"""The demo from an empty folder to a page, as a visitor starts it."""

import re
import signal
import time
import urllib.request

import pytest

from engine.kit.config import ROOT
from engine.simulation import founding
from tests.web.cli import commands
from web.cli import demo

pytestmark = pytest.mark.long


def page(port, process):
    """The sign-in page, as soon as it is served."""
    end = time.monotonic() + commands.AT_MOST
    while True:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=5).read().decode()
        except OSError:
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < end, "it took too long"
            time.sleep(0.2)


def test_the_demo_is_built_once_served_and_kept(tmp_path):
    code, printed = commands.run(tmp_path, "demo", "--size", "0.02", "--only-build")
    assert code == 0, printed
    assert founding.PASSWORD in printed
    assert "collector.chen" in printed
    for part in ("Founding the city", "Replaying", "Writing the month's report"):
        assert part in printed, "also where no terminal shows a bar"
    (report,) = tmp_path.glob("monthly-assessment-*.pdf")
    assert report.read_bytes().startswith(b"%PDF")

    port = commands.free_port()
    second = commands.begin(tmp_path, "demo", "--port", str(port))
    assert "<form" in page(port, second)
    second.send_signal(signal.SIGTERM)
    printed, _ = second.communicate(timeout=commands.AT_MOST)
    assert "acts in" not in printed  # nothing was replayed again
    assert "worker started" in printed
    assert "worker stopped" in printed


def test_an_interrupted_demo_goes_on_where_it_was(tmp_path):
    first = commands.begin(tmp_path, "demo", "--size", "0.05", "--only-build")
    database = tmp_path / "cityloop.db"
    end = time.monotonic() + commands.AT_MOST
    while not (database.exists() and database.stat().st_size > 1_000_000 and list(tmp_path.glob("attachments/??"))):
        assert first.poll() is None, first.stdout.read()
        assert time.monotonic() < end
        time.sleep(0.1)
    first.send_signal(signal.SIGINT)
    printed, _ = first.communicate(timeout=commands.AT_MOST)
    assert first.returncode == 130, printed
    code, printed = commands.run(tmp_path, "demo", "--size", "0.05", "--only-build")
    assert code == 0, printed
    assert list(tmp_path.glob("monthly-assessment-*.pdf"))


def test_a_real_city_is_left_alone(tmp_path):
    for words in (["db", "upgrade"], ["administrators"]):
        code, printed = commands.run(tmp_path, *words)
        assert code == 0, printed
    code, printed = commands.run(tmp_path, "demo", "--only-build")
    assert code == 1
    assert "real city" in printed


@pytest.mark.parametrize("words", [["--size", "small"], ["--size", "small", "--password", "short"]])
def test_the_city_alone(tmp_path, words):
    assert commands.run(tmp_path, "db", "upgrade")[0] == 0
    code, printed = commands.run(tmp_path, "city", *words)
    assert code == (1 if "short" in words else 0), printed
    if code == 0:
        assert "unit grids" in printed
        assert commands.run(tmp_path, "city", *words)[0] == 1  # there is one already


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_and_the_demo_name_the_same_people(name):
    rows = re.findall(r"^\| (`[^|]+`) \|", ROOT.joinpath(name).read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"`([a-z.]+)`", " ".join(rows))) == {username for username, _role, _work in demo.CAST}
