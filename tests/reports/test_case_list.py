"""A list of cases as a workbook: streamed, and never a formula."""

import io
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import datetime

import openpyxl

from engine.cases.models import Case
from reports import case_list

At = Callable[[str], datetime]


def case(number: int, at: datetime, **facts: object) -> Case:
    return Case(
        **{
            "number": f"64010020261001{number:06d}",
            "stage": "handling",
            "source": "patrol",
            "title": "道路破损",
            "place": "人民路",
            "reported_at": at,
            "clock_state": "none",
            "due_is_provisional": False,
            "rework_count": 0,
            **facts,
        }
    )


def test_rows_are_written_in_the_readers_words(at: At) -> None:
    stream, moment = io.BytesIO(), at("2026-10-01 09:00")
    rows = [case(1, moment, due_at=at("2026-10-01 12:00"), clock_state="running", title='=HYPERLINK("http://x")')]
    assert case_list.write(stream, rows, locale="en", at=moment, words={"patrol": "Patrol"}) == 1
    sheet = openpyxl.load_workbook(stream).active
    assert [cell.value for cell in sheet[1]][:4] == ["Number", "Title", "Stage", "Source"]
    assert sheet["B2"].value == '=HYPERLINK("http://x")'
    assert sheet["B2"].data_type != "f"
    assert sheet["D2"].value == "Patrol"
    assert sheet["J2"].value == datetime(2026, 10, 1, 9, 0)  # noqa: DTZ001 - a workbook shows the city's clock


def test_a_long_list_does_not_fill_the_memory(at: At) -> None:
    def many() -> Iterator[Case]:
        for number in range(3000):
            yield case(number, at("2026-10-01 09:00"))

    tracemalloc.start()
    assert case_list.write(io.BytesIO(), many(), locale="en", at=at("2026-10-01 09:00"), words={}) == 3000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000
