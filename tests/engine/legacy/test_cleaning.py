from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.legacy import cleaning
from engine.legacy.errors import RowRefused

SHANGHAI, BOSTON = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("尊敬的领导：_x000D_\n路灯坏了_x000D_", "尊敬的领导：\n路灯坏了"),
        ("a_x0009_b_x000A_c", "a\tb\nc"),
        ("\u3000\u3000井盖\u200b缺失\0\x07 ", "井盖缺失"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("_x4E2D_ stays", "_x4E2D_ stays"),
    ],
)
def test_texts_without_what_nobody_wrote(written, kept):
    assert cleaning.tidy(written) == kept


@given(st.text(max_size=80))
def test_a_tidy_text_stays_as_it_is(text):
    kept = cleaning.tidy(text)
    assert cleaning.tidy(kept) == kept or "_x00" in text
    assert "\0" not in kept


@pytest.mark.parametrize(
    ("written", "zone", "moment"),
    [
        ("2017/9/27 0:12:00", SHANGHAI, "2017-09-26 16:12:00"),
        ("2017-09-27T00:12:00", SHANGHAI, "2017-09-26 16:12:00"),
        ("2017年9月27日 0:12", SHANGHAI, "2017-09-26 16:12:00"),
        ("2017-09-27T00:12:00Z", SHANGHAI, "2017-09-27 00:12:00"),
        ("2015-03-01T00:54:30", BOSTON, "2015-03-01 05:54:30"),
        ("2015-07-01T00:54:30", BOSTON, "2015-07-01 04:54:30"),
        ("2015-11-01T01:30:00", BOSTON, "2015-11-01 05:30:00"),
    ],
)
def test_moments_of_the_files_zone(written, zone, moment):
    assert f"{cleaning.moment(written, zone):%Y-%m-%d %H:%M:%S}" == moment


def test_a_city_may_name_its_own_way_of_writing_times():
    assert cleaning.moment("27.09.17 08:00", SHANGHAI, ("%d.%m.%y %H:%M",)).hour == 0
    with pytest.raises(RowRefused):
        cleaning.moment("2017/9/27 0:12:00", SHANGHAI, ("%d.%m.%y %H:%M",))


@pytest.mark.parametrize("written", ["", "昨天", "2017/13/1", "1899/12/31 0:00:00", "9999-01-01"])
def test_what_is_no_time(written):
    with pytest.raises(RowRefused):
        cleaning.moment(written, SHANGHAI)
