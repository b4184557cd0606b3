from datetime import UTC, datetime

import pytest

from engine.kit.config import ROOT
from engine.legacy import mapping
from engine.legacy.errors import MappingWrong

LEAST = 'name = "old"\n[columns]\nnumber = "id"\nreported_at = "when"\ntitle = "what"\n'


def read(tmp_path, text: str) -> mapping.Layout:
    page = tmp_path / "m.toml"
    page.write_text(text)
    return mapping.read(page, mapping.CASE_COLUMNS)


def test_the_examples_can_be_read():
    assert mapping.read(ROOT / "docs/examples/complaints.toml", mapping.REPORT_COLUMNS).columns["reporter"] == "user"
    history = mapping.read(ROOT / "docs/examples/history.toml", mapping.CASE_COLUMNS)
    assert (history.zone.key, history.code_system) == ("America/New_York", "CITY-BOSTON311")


def test_a_moment_without_zone_is_the_files_own(tmp_path):
    layout = read(tmp_path, 'time_zone = "America/New_York"\nextracted_at = 2016-01-11T15:00:00\n' + LEAST)
    assert layout.extracted_at.astimezone(UTC) == datetime(2016, 1, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "Invalid value"),
        (LEAST.replace('name = "old"', ""), "name"),
        (LEAST.replace('number = "id"', ""), "number"),
        (LEAST.replace('title = "what"', ""), "description or title"),
        (LEAST + 'colour = "x"\n', "colour"),
        ("unknown = 1\n" + LEAST, "unknown"),
        ('time_zone = "Mars/Base"\n' + LEAST, "Mars"),
        ('code_system = "GBT30428.2-2013"\n' + LEAST, "code_system"),
        ('extracted_at = "yesterday"\n' + LEAST, "date and time"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(tmp_path, text, said):
    with pytest.raises(MappingWrong, match=said):
        read(tmp_path, text)
