"""`flask configuration`: out, compared, and in again for a second person's review."""

import zipfile

import pytest

from engine.cases.limits import HANDLING_DAYS
from engine.kit.db import db, unit_of_work
from engine.settings import values
from engine.studio.archive_models import ConfigurationArchive
from tests.city import FOUNDED


@pytest.fixture
def run(app):
    return lambda *words: app.test_cli_runner().invoke(args=["configuration", *map(str, words)])


@pytest.fixture
def file(run, tmp_path):
    """The settings, with their roles, as they were before handling got more time."""
    path = tmp_path / "city.zip"
    answer = run("export", path, "--name", "省标准", "--version", "3", "--part", "settings", "--part", "ladder")
    assert answer.exit_code == 0, answer.output
    assert len(answer.output.split()[0]) == 64
    return path


def longer(city):
    with unit_of_work():
        values.set(HANDLING_DAYS, 9, by=city.system_admin, at=FOUNDED)


def test_it_is_written_as_a_zip_of_readable_files(file):
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["manifest.json", "ladder.json", "settings.json"]
        assert f'"{HANDLING_DAYS.name}": 3' in archive.read("settings.json").decode()


def test_a_comparison_tells_what_would_change_and_writes_nothing(run, city, file):
    same = run("diff", file)
    assert same.exit_code == 0
    assert "ladder: 0 added, 0 changed, 0 removed" in same.output
    longer(city)
    answer = run("diff", file)
    assert answer.exit_code == 1
    assert "settings: 0 added, 1 changed, 0 removed" in answer.output
    assert "value: 9 → 3" in answer.output
    assert db.session.query(ConfigurationArchive).count() == 0


def test_it_is_brought_in_for_somebody_else_to_agree(run, city, file):
    longer(city)
    answer = run("import", file, "--as", "admin", "--part", "settings", "--note", "恢复省标准")
    assert answer.exit_code == 0, answer.output
    assert "/studio/archives/1: submitted" in answer.output
    assert values.get(HANDLING_DAYS) == 9
    db.session.rollback()
    row = db.session.get_one(ConfigurationArchive, 1)
    assert (row.chosen, row.note, row.submitted_by_id) == (["settings"], "恢复省标准", city.system_admin.id)


def test_only_in_the_name_of_who_may(run, city, file):
    for name in ("security", "dispatcher.wang", "nobody"):
        answer = run("import", file, "--as", name)
        assert answer.exit_code == 1
        assert "may not do this" in answer.output


def test_what_is_no_archive_is_refused_with_a_sentence(run, city, tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(b"x")
    for words in (("diff", path), ("import", path, "--as", "admin")):
        answer = run(*words)
        assert answer.exit_code == 1
        assert "no zip archive" in answer.output
