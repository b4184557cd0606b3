"""The house keeps its own rules: walls, drawings, forms, permissions, locks."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine import rooms
from engine.access import seeds
from engine.access.permissions import Permission
from engine.forms import catalogue
from engine.kit.config import ROOT
from engine.process import linting

rooms.connect_receivers()
DRAWINGS = sorted((ROOT / "workflows").glob("*.bpmn"))
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()


def test_rooms_import_only_what_lies_below_them():
    answer = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout[-3000:]


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_every_drawing_can_go_live(path):
    assert linting.check(path.read_text("utf-8")) == []


@pytest.mark.parametrize("name", sorted(catalogue.names()))
def test_every_form_loads(name):
    assert catalogue.load(name).fields is not None


def test_every_permission_is_held_by_some_role():
    held = {str(permission) for seed in seeds.ROLES for permission in seed.permissions}
    assert {permission.value for permission in Permission} <= held


def test_locks_and_sources_name_no_address_of_a_registry():
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-node.lock", "package-lock.json"):
        text = (ROOT / name).read_text("utf-8")
        assert not re.search(r'index-url|find-links|"resolved"|"dist\.|registry', text), name


@pytest.mark.parametrize("path", sorted(ROOT.glob("bench/*.py")), ids=lambda path: path.stem)
def test_every_measurement_finds_what_it_imports(path):
    """Measurements run too long for a test; that they start is the least."""
    if path.stem != "__main__":
        assert importlib.import_module(f"bench.{path.stem}".removesuffix(".__init__")).__doc__


def test_packages_say_what_lives_in_them_and_import_nothing():
    for path in [
        *ROOT.glob("engine/*/__init__.py"),
        *ROOT.glob("web/*/__init__.py"),
        *ROOT.glob("reports/**/__init__.py"),
    ]:
        text = path.read_text("utf-8").strip()
        assert text.startswith('"""'), path
        assert "\nimport " not in text, path
        assert "\nfrom " not in text, path


def test_nothing_from_elsewhere_is_kept_in_the_repository():
    assert not [name for name in TRACKED if "/vendor/" in name or name.endswith((".woff2", ".ttf", ".min.js"))]
