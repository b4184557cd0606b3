import textwrap
from pathlib import Path

import pytest

from engine.kit.config import ROOT
from engine.legacy import mapping, rows

SHARED = ROOT.parent / "shared" / "data"
"""Real files that may not enter the repository; where they are missing, the tests that read them are skipped."""


@pytest.fixture
def shared():
    """``shared("name.csv.gz")`` is the path of a real file."""

    def path(name: str) -> Path:
        if not (SHARED / name).exists():
            pytest.skip(f"the real file {name} is not beside the repository")
        return SHARED / name

    return path


@pytest.fixture
def table(tmp_path):
    """``table(bytes or text, mapping text, words)`` writes both files and opens them: (table, layout)."""

    def opened(content: str | bytes, columns: str, words: frozenset[str] = mapping.CASE_COLUMNS):
        file, page = tmp_path / "file.csv", tmp_path / "mapping.toml"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        page.write_text(textwrap.dedent(columns))
        layout = mapping.read(page, words)
        return rows.open_table(file, layout), layout

    return opened
