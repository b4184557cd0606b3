import dataclasses

import pytest

from engine.attachments import files
from engine.kit.config import Config


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """Files are kept in a folder of the test's own."""
    config = Config.from_env({"CITYLOOP_DATA_DIR": str(tmp_path), "DATABASE_URL": "sqlite:///unused"})
    monkeypatch.setattr(files, "_keeping", None)
    files.keep_in(dataclasses.replace(config, data_dir=tmp_path))
    return tmp_path / files.FOLDER
