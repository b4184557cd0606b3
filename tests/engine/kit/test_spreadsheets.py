import io
import zipfile
from datetime import date

import openpyxl
import pytest

from engine.kit import spreadsheets
from engine.kit.cells import Column
from engine.kit.spreadsheets import Layout, NotATable, TooLong

THINGS = Layout(
    "Things",
    (
        Column("code", "Code", "code", required=True, lengths=(4, 16)),
        Column("name", "Name", most=5),
        Column("count", "Count", "integer"),
        Column("day", "Day", "date"),
        Column("good", "Good", "yes_no"),
        Column("colour", "Colour", "choice", choices={"r": "red", "b": "blue"}),
    ),
)


def workbook(*lines, title="Things"):
    book = openpyxl.Workbook()
    book.active.title = title
    for line in lines:
        book.active.append(line)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def read(*lines):
    (rows,), errors = spreadsheets.read(workbook(*lines), [THINGS])
    return [row.values for row in rows], [(error.line, error.column, error.text) for error in errors]


def test_what_is_written_is_read_back_as_it_was():
    row = {"code": "0102", "name": "=1+1", "count": 3, "day": date(2026, 3, 2), "good": False, "colour": "b"}
    stream = io.BytesIO()
    spreadsheets.write(stream, [(THINGS, [row])], "zh_Hans_CN")
    stream.seek(0)
    (rows,), errors = spreadsheets.read(stream, [THINGS])
    assert errors == []
    assert [each.values for each in rows] == [row]


def test_a_code_that_lost_its_zero_is_refused_and_one_typed_as_a_whole_number_is_not():
    values, errors = read(["Code"], [102], [1102])
    assert values[1] == {"code": "1102"}
    assert [(line, column) for line, column, _ in errors] == [(2, "Code")]
    assert "leading zeros" in errors[0][2]


@pytest.mark.parametrize("cell", [6.40104e15, "6.40104E+15", 6401040101000001, 1.5])
def test_a_code_in_scientific_notation_or_beyond_15_digits_is_refused(cell):
    _, errors = read(["Code"], [cell])
    assert "scientific" in errors[0][2]


def test_a_formula_is_refused():
    _, errors = read(["Code", "Name"], ["0102", "=A1"])
    assert [error[:2] for error in errors] == [(2, "Name")]


def test_every_bad_cell_is_named():
    _, errors = read(
        ["Code", "Name", "Count", "Day", "Good", "Colour"],
        ["12", "much too long", 1.5, "soon", "perhaps", "green"],
        [None, "x", "nan", "2026-02-30", None, None],
    )
    assert [error[:2] for error in errors] == [
        (2, "Code"), (2, "Name"), (2, "Count"), (2, "Day"), (2, "Good"), (2, "Colour"),
        (3, "Code"), (3, "Count"), (3, "Day"),
    ]  # fmt: skip


def test_dates_and_answers_are_understood_as_people_write_them():
    values, errors = read(
        ["Code", "Day", "Good"], ["0101", "2026/3/2", "是"], ["0102", "20260302", "No"], ["0103", "2026年3月2日", "√"]
    )
    assert errors == []
    assert {row["day"] for row in values} == {date(2026, 3, 2)}
    assert [row["good"] for row in values] == [True, False, True]


def test_a_missing_column_is_named_once():
    values, errors = read(["Name"], ["x"], ["y"])
    assert values == []
    assert errors == [(1, "Code", "This column is missing.")]


def test_csv_in_gbk_is_read():
    stream = io.BytesIO("Code,Name\n0102,污水井盖\n".encode("gbk"))
    (rows,), errors = spreadsheets.read(stream, [THINGS])
    assert (rows[0].values, errors) == ({"code": "0102", "name": "污水井盖"}, [])


def test_something_else_is_not_a_table():
    for data in (b"\x00\x01\x02\x03binary", b"PK\x03\x04broken"):
        with pytest.raises(NotATable):
            spreadsheets.read(io.BytesIO(data), [THINGS])


def test_a_workbook_that_unpacks_to_gigabytes_is_not_opened(monkeypatch):
    monkeypatch.setattr(spreadsheets, "UNPACKED_CAP", 1000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", "0" * 100_000)
    stream.seek(0)
    with pytest.raises(TooLong):
        spreadsheets.read(stream, [THINGS])


def damaged(part, text):
    """A good workbook with the XML of one part replaced."""
    good, bad = zipfile.ZipFile(workbook(["Code"], ["0102"])), io.BytesIO()
    with zipfile.ZipFile(bad, "w") as packed:
        for name in good.namelist():
            packed.writestr(name, text if name == part else good.read(name))
    bad.seek(0)
    return bad


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData>&b;</sheetData></worksheet>'


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("text", ["<worksheet><sheetData><row>", "", BOMB])
def test_a_damaged_or_hostile_workbook_is_refused_or_empty(part, text):
    try:
        (rows,), errors = spreadsheets.read(damaged(part, text), [THINGS])
    except NotATable:
        return
    assert errors
    assert rows == []


def test_the_number_of_lines_is_capped(monkeypatch):
    monkeypatch.setattr(spreadsheets, "ROW_CAP", 2)
    with pytest.raises(TooLong):
        read(["Code"], ["0101"], ["0102"], ["0103"])
