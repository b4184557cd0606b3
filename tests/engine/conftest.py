import dataclasses

import pytest

from engine.attachments import files
from engine.kit.config import Config


@pytest.fixture(autouse=True)
def _files(tmp_path, monkeypatch):
    """Photos of stories lie in the test's own folder."""
    monkeypatch.setattr(files, "_keeping", None)
    files.keep_in(dataclasses.replace(Config.from_env(), data_dir=tmp_path))
