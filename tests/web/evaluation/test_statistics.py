"""The pages of the city's own statistics: figures that lead to their cases, days of choice, the workbook."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import Any

import openpyxl
import pytest

from engine.kit import clock
from engine.kit.db import db
from engine.statistics import defining
from engine.statistics.defining import Content
from engine.statistics.layout import Layout
from tests.city import City
from tests.engine.evaluation import months
from tests.visiting import Visitor
from tests.web.accessibility import violations

At = Callable[[str], datetime]
Visit = Callable[..., Visitor]
FIGURES = ("due_handling", "handled_on_time", "R10", "time_of_handling")
DEPARTMENTS = Content(
    "部门处置", "Handling by department", "每月例会用。", Layout("department", FIGURES, order="figures")
)
CROSSED = Content("来源分布", "Sources by district", "", Layout("region", ("reported",), columns="source"))
LEADERS = replace(CROSSED, name="领导专用", name_en="For leaders", roles=("leader",))


@pytest.fixture
def busy(city: City, at: At) -> Iterator[City]:
    """October is over; two statistics for everybody, and one for leaders only."""
    months.invent(at("2026-09-25 00:00"), 40, per_day=6)
    for content in (DEPARTMENTS, CROSSED, LEADERS):
        defining.define(content, by=city.zheng, at=at("2026-11-02 09:00"))
    db.session.commit()
    with clock.fixed(at("2026-11-05 09:00")):
        yield city


def told(page: str) -> int:
    """How many rows a list of cases says that it has."""
    found = re.search(r"of ([\d,]+)", page[page.index('class="pages-told"') :])
    assert found
    return int(found[1].replace(",", ""))


def links(page: str) -> list[tuple[str, str]]:
    """Every figure that leads to cases: its address and its text."""
    return [
        (unescape(address), text) for address, text in re.findall(r'<a href="(/desk/cases\?[^"]*)">([^<]+)</a>', page)
    ]


@pytest.mark.parametrize("name", ["wu", "head"])
@pytest.mark.parametrize("number", [1, 2])
def test_every_number_opens_that_many_cases(visit: Visit, busy: City, name: str, number: int) -> None:
    visitor = visit(name, language="en")
    page = visitor.get(f"/assessment/statistics/{number}")
    assert page.status_code == 200
    found = [(address, text) for address, text in links(page.text) if text.replace(",", "").isdigit()]
    assert found
    for address, text in found[:: max(1, len(found) // 12)]:
        assert told(visitor.get(address).text) == int(text.replace(",", "")), address


def test_readers_find_what_is_meant_for_them(visit: Visit, busy: City) -> None:
    leader, evaluator = visit("wu", language="en"), visit("zheng", language="en")
    assert "For leaders" in leader.get("/assessment/statistics").text
    assert leader.get("/assessment/statistics/3").status_code == 200
    assert "For leaders" not in evaluator.get("/assessment/statistics").text
    assert evaluator.get("/assessment/statistics/3").status_code == 404
    assert visit("chen").get("/assessment/statistics").status_code == 403
    assert visit("system_admin").get("/assessment/statistics/1").status_code == 403
    assert leader.get("/assessment/statistics/99").status_code == 404


def test_days_are_chosen_and_stand_in_the_address(visit: Visit, busy: City) -> None:
    visitor = visit("wu", language="en")
    last_month = visitor.get("/assessment/statistics/1").text
    assert "October 1, 2026 to October 31, 2026" in last_month
    week = visitor.get("/assessment/statistics/1?period=chosen&from=2026-10-05&until=2026-10-11").text
    assert "October 5, 2026 to October 11, 2026" in week
    assert 'value="2026-10-05"' in week
    # Days were typed, and the choice beside them left as it was.
    typed = visitor.get("/assessment/statistics/1?period=last_month&shown=last_month&from=2026-10-05&until=2026-10-11")
    assert "October 5, 2026 to October 11, 2026" in typed.text
    other = visitor.get("/assessment/statistics/1?period=this_year&shown=chosen&from=2026-10-05&until=2026-10-11").text
    assert "January 1, 2026 to December 31, 2026" in other


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-10-11", "2026-10-05", "The last day comes before the first."),
        ("2020-10-11", "2026-10-05", "At most 400 days at once."),
        ("nonsense", "2026-10-05", "Please enter a date"),
        ("2026-10-05", "", "Please enter a date"),
        ("2026-10-05", "9999-99-99", "Please enter a date"),
    ],
)
def test_days_that_make_no_sense_are_told_beside_their_field(
    visit: Visit, busy: City, first: str, last: str, said: str
) -> None:
    visitor = visit("wu", language="en")
    for page in ("1", "1/workbook.xlsx"):
        answer = visitor.get(f"/assessment/statistics/{page}?period=chosen&from={first}&until={last}")
        assert answer.status_code == 422
        assert said in answer.text
        assert f'value="{first}"' in answer.text


def test_too_many_days_of_a_table_by_day_are_told(visit: Visit, busy: City, at: At) -> None:
    by_day = Content("每日", "By day", "", Layout("day", ("reported",)))
    number = defining.define(by_day, by=busy.zheng, at=at("2026-11-02 09:00")).id
    db.session.commit()
    answer = visit("wu", language="en").get(f"/assessment/statistics/{number}?period=this_year")
    assert answer.status_code == 422
    assert "At most 92 days, weeks or months can be shown." in answer.text


def test_a_period_that_is_not_free_stays(visit: Visit, busy: City, at: At) -> None:
    fixed = replace(DEPARTMENTS, layout=replace(DEPARTMENTS.layout, is_period_free=False))
    number = defining.define(fixed, by=busy.zheng, at=at("2026-11-02 09:00")).id
    db.session.commit()
    page = visit("wu", language="en").get(f"/assessment/statistics/{number}?period=this_year").text
    assert "October 1, 2026 to October 31, 2026" in page
    assert 'name="period"' not in page


def test_the_table_is_taken_away_as_a_workbook(visit: Visit, busy: City) -> None:
    visitor = visit("wu", language="en")
    page = visitor.get("/assessment/statistics/1").text
    answer = visitor.get("/assessment/statistics/1/workbook.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert rows[0] == ["Department", "Due for handling", "Handled on time", "On-time handling rate",
                       "Average handling time (h)"]  # fmt: skip
    total = next(row for row in rows if row[0] == "Total")
    assert total[1] == sum(row[1] for row in rows[1 : rows.index(total)])
    assert f">{total[1]:,}</a>" in page


def test_names_that_excel_or_a_browser_could_take_amiss(visit: Visit, busy: City, at: At) -> None:
    for name in ("'=1+1'", "[]:*?/\\", "<script>alert(1)</script>"):
        content = replace(CROSSED, name=name, name_en=name, note=name)
        number = defining.define(content, by=busy.zheng, at=at("2026-11-02 09:00")).id
        db.session.commit()
        visitor = visit("wu")
        assert "<script>alert" not in visitor.get(f"/assessment/statistics/{number}").text
        book = openpyxl.load_workbook(io.BytesIO(visitor.get(f"/assessment/statistics/{number}/workbook.xlsx").data))
        assert book.active["A1"].data_type == "s"


def test_a_list_tells_what_its_number_counted(visit: Visit, busy: City) -> None:
    query = "set=filed&span=2026-10-01..2026-10-31&source=hotline&source=patrol&week=2026-W42&collector=none"
    page = visit("wu", language="en").get(f"/desk/cases?{query}&department={busy.sanitation.id}").text
    chips = page[page.index('class="chips"') :]
    chips = chips[: chips.index("</ul>")]
    assert re.findall(r"<span>([^<]+)</span>", chips) == [
        "Filed 2026-10-01 – 2026-10-31",
        "环卫处",
        "Hotline, Patrol",
        "Not reported by a collector",
        "Week 42 of 2026",
    ]


def test_senseless_keys_find_nothing(visit: Visit, busy: City) -> None:
    visitor = visit("wu")
    for dimension in ("department", "grid", "collector", "subcategory", "category", "street", "stage", "kind"):
        for key in ("9" * 30, "９９", "-1", "x", "<b>"):
            answer = visitor.get(f"/desk/cases?set=filed&span=2026-10-01..2026-10-31&{dimension}={key}")
            assert answer.status_code == 200, (dimension, key)
            assert 'class="list-title"' not in answer.text


def test_old_and_invented_addresses_of_figures(visit: Visit, busy: City) -> None:
    visitor = visit("wu")
    for query in (
        "set=filed&span=2026-10-31..2026-10-01",
        "set=filed&span=x",
        "set=filed&span=2026-10-01..2026-10-31&week=x",
        "set=open&span=2026-10-01..2026-10-31&day=2026-10-05",
        "set=none&span=2026-10-01..2026-10-31",
    ):
        assert visitor.get(f"/desk/cases?{query}").status_code == 404, query
    for judged in ("x", "9999-12-31T23:59:59-23:00", "2026-10-05T00:00:00"):
        assert visitor.get(f"/desk/cases?set=filed&span=2026-10-01..2026-10-31&judged={judged}").status_code == 200


def test_a_page_takes_at_most_twelve_statements(
    visit: Visit, busy: City, at: At, statements: Callable[[], Any]
) -> None:
    filters = {"department": [str(busy.sanitation.id)], "region": ["640101"], "source": ["patrol"]}
    layout = Layout("category", ("reported",), columns="street", filters=filters)
    number = defining.define(replace(CROSSED, layout=layout), by=busy.zheng, at=at("2026-11-02 09:00")).id
    db.session.commit()
    visitor = visit("head")
    for address in ("/assessment/statistics", "/assessment/statistics/1", f"/assessment/statistics/{number}"):
        visitor.get(address)
        with statements() as asked:
            visitor.get(address)
        assert len(asked) <= 12, "\n".join(asked)


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_pages_are_accessible_and_draw_their_chart(browse: Any, busy: City, language: str) -> None:
    with browse("wu", language=language) as page:
        for address in ("/assessment/statistics", "/assessment/statistics/1", "/assessment/statistics/2?period=chosen"):
            page.goto(address)
            assert violations(page) == []
        page.goto("/assessment/statistics/1")
        page.wait_for_selector(".chart canvas")
        assert page.complaints == [one for one in page.complaints if "422" in one]
