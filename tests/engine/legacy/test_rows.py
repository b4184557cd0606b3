import gzip

import pytest

from engine.legacy import mapping
from engine.legacy.errors import ColumnsMissing, FileUnreadable

COLUMNS = """
    name = "old"
    [columns]
    number = "编号"
    reported_at = "时间"
    title = "标题"
"""
TEXT = (
    "编号,时间,标题\n1,2019/3/2 9:00:00,路灯不亮了请尽快修理\n"
    '2,2019/3/2 9:05:00,"井盖,\n缺失"\n\n3,2019/3/3 9:00:00,垃圾堆积无人清理\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_any_encoding_plain_or_packed(table, encoding, packed):
    content = TEXT.encode(encoding)
    opened, _ = table(gzip.compress(content) if packed else content, COLUMNS)
    rows = list(opened.rows())
    assert [row.line for row in rows] == [2, 3, 6]
    assert [row.values["标题"] for row in rows] == ["路灯不亮了请尽快修理", "井盖,\n缺失", "垃圾堆积无人清理"]
    assert not any(row.problem for row in rows)


def test_a_broken_character_spoils_its_row_only(table):
    content = TEXT.encode().replace("路灯".encode(), "路".encode() + b"\xe4")
    rows = list(table(content, COLUMNS)[0].rows())
    assert [bool(row.problem) for row in rows] == [True, False, False]


def test_a_mark_that_an_older_export_left_is_text(table):
    rows = list(table(TEXT.replace("路灯", "路\ufffd").encode(), COLUMNS)[0].rows())
    assert not rows[0].problem
    assert "\ufffd" in rows[0].values["标题"]


def test_rows_with_too_many_or_too_few_fields_are_named(table):
    rows = list(table(TEXT + "4,2019/3/3 9:00:00\n5,a,b,c\n", COLUMNS)[0].rows())
    assert [str(row.problem) for row in rows[3:]] == [
        "The row has 2 fields instead of 3.", "The row has 4 fields instead of 3."
    ]  # fmt: skip


def test_missing_columns_are_named(table):
    with pytest.raises(ColumnsMissing, match=r"标题.*时间, 题目"):
        table(TEXT.replace("标题", "题目"), COLUMNS)


def test_an_archive_that_breaks_off_is_found_before_anything_is_imported(table):
    with pytest.raises(FileUnreadable):
        table(gzip.compress(TEXT.encode() * 100)[:-20], COLUMNS)


def test_an_empty_file(table):
    with pytest.raises(ColumnsMissing):
        table("", COLUMNS, mapping.REPORT_COLUMNS)
