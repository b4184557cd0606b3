"""Defining statistics in the browser's forms, by people who are no programmers."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from engine.kit.db import db
from engine.statistics import defining, queries
from engine.statistics.defining import Content
from engine.statistics.layout import Layout
from tests.city import City
from tests.visiting import Visitor
from tests.web.accessibility import violations

Visit = Callable[..., Visitor]
At = Callable[[str], datetime]
TYPED: dict[str, Any] = {
    "name": "部门处置",
    "name_en": "Handling by department",
    "rows": "department",
    "leading": "due_handling",
    "counts": ["filed", "due_handling"],
    "rates": ["R10"],
    "times": ["time_of_handling"],
    "order": "figures",
    "has_chart": "1",
    "period": "this_month",
    "is_period_free": "1",
    "source": ["patrol", "hotline"],
    "roles": ["leader"],
}


@pytest.fixture
def kept(city: City, at: At) -> int:
    """One statistic in use."""
    content = Content("部门立案", "Filed by department", "", Layout("department", ("filed",)))
    row = defining.define(content, by=city.zheng, at=at("2026-03-02 09:00"))
    db.session.commit()
    return row.id


def test_a_statistic_is_defined_as_typed_and_shown(visit: Visit, city: City) -> None:
    evaluator = visit("zheng", language="en")
    answer = evaluator.post("/admin/statistics/new", data=TYPED)
    assert answer.status_code == 303
    assert "Handling by department" in evaluator.get(answer.headers["Location"]).text
    (row,) = queries.everything()
    assert defining.content_of(row).layout == Layout(
        "department",
        ("due_handling", "filed", "R10", "time_of_handling"),
        filters={"source": ["patrol", "hotline"]},
        order="figures",
        period="this_month",
    )
    assert row.roles == ["leader"]
    page = evaluator.get(f"/admin/statistics/{row.id}").text
    assert re.search(r'name="counts" value="filed"\s+checked', page)
    assert re.search(r'name="source" value="hotline"\s+checked', page)


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"name": ""}, "name", "Please fill this in"),
        ({"rows": "nonsense"}, "rows", "Please choose one of the offered values."),
        ({"columns": "department"}, "columns", "Rows and columns must tell different things apart."),
        ({"columns": "source"}, "columns", "With columns, the table shows the leading figure alone"),
        ({"rows": "day", "counts": ["open"]}, "rows", "What is open now belongs to no day"),
        ({"rows": "day", "period": "this_year"}, "period", "At most 92 days can be shown"),
        ({"counts": ["password"]}, "counts", "Please choose one of the offered values."),
        ({"name": "x" * 61}, "name", "at most 60 characters"),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field_and_nothing_typed_is_lost(
    visit: Visit, city: City, wrong: dict[str, Any], field: str, said: str
) -> None:
    answer = visit("zheng", language="en").post("/admin/statistics/new", data=TYPED | wrong)
    assert answer.status_code == 422
    error = answer.text[answer.text.index(f'id="error-{field}"') :]
    assert said in error[:400] or "required" in error[:400] or "Please" in error[:400]
    assert 'value="Handling by department"' in answer.text
    assert re.search(r'name="roles" value="leader"\s+checked', answer.text)
    assert queries.everything() == []


def test_two_administrators_do_not_overwrite_each_other(visit: Visit, kept: int) -> None:
    first, second = visit("zheng", language="en"), visit("system_admin", language="en")
    assert first.post(f"/admin/statistics/{kept}", data=TYPED | {"version": "1"}).status_code == 303
    answer = second.post(f"/admin/statistics/{kept}", data=TYPED | {"version": "1", "note": "mine"})
    assert answer.status_code == 409
    assert "Somebody has changed this statistic" in answer.text
    assert queries.get(kept).note == ""
    assert second.post(f"/admin/statistics/{kept}/retirement", data={"is_sure": "1"}).status_code == 409


def test_an_earlier_version_is_used_again(visit: Visit, kept: int) -> None:
    evaluator = visit("zheng")
    evaluator.post(f"/admin/statistics/{kept}", data=TYPED | {"version": "1"})
    answer = evaluator.post(f"/admin/statistics/{kept}/versions/1/return", data={"version": "2"})
    assert answer.status_code == 303
    assert queries.get(kept).name == "部门立案"
    assert queries.get(kept).version == 3
    assert evaluator.post(f"/admin/statistics/{kept}/versions/9/return", data={"version": "3"}).status_code == 404


def test_a_statistic_is_copied_moved_retired_and_brought_back(visit: Visit, kept: int) -> None:
    evaluator = visit("zheng", language="en")
    copy = int(evaluator.post(f"/admin/statistics/{kept}/copy").headers["Location"].rsplit("/", 1)[1])
    evaluator.post(f"/admin/statistics/{copy}/position", data={"to": "up"})
    assert [row.id for row in queries.everything()] == [copy, kept]
    unsure = evaluator.post(f"/admin/statistics/{kept}/retirement", data={"version": "1"})
    assert unsure.status_code == 422
    retired = evaluator.post(f"/admin/statistics/{kept}/retirement", data={"version": "1", "is_sure": "1"})
    assert retired.status_code == 303
    assert "Filed by department</a> <span" in evaluator.get("/admin/statistics").text
    assert "bring it back first" in evaluator.get(f"/admin/statistics/{kept}").text
    assert evaluator.post(f"/admin/statistics/{kept}", data=TYPED | {"version": "1"}).status_code == 409
    evaluator.post(f"/admin/statistics/{kept}/return")
    assert queries.get(kept).retired_at is None


def test_an_administrator_who_sees_no_case_is_told_why_the_preview_is_empty(visit: Visit, kept: int) -> None:
    assert (
        "You see no cases yourself"
        in visit("system_admin", language="en").get(f"/admin/statistics/{kept}/preview").text
    )
    assert "You see no cases" not in visit("zheng", language="en").get(f"/admin/statistics/{kept}/preview").text


@pytest.mark.parametrize("name", ["wu", "chen", "security_admin", "audit_admin"])
def test_others_define_nothing(visit: Visit, kept: int, name: str) -> None:
    visitor = visit(name)
    for page in ("", "/new", f"/{kept}", f"/{kept}/preview"):
        assert visitor.get(f"/admin/statistics{page}").status_code == 403
    assert visitor.post(f"/admin/statistics/{kept}", data=TYPED | {"version": "1"}).status_code == 403


def test_each_page_takes_at_most_twelve_statements(visit: Visit, kept: int, statements: Callable[[], Any]) -> None:
    visitor = visit("system_admin")
    for page in ("", "/new", f"/{kept}", f"/{kept}/preview"):
        visitor.get(f"/admin/statistics{page}")
        with statements() as asked:
            visitor.get(f"/admin/statistics{page}")
        assert len(asked) <= 12, page + "\n".join(asked)


@pytest.mark.browser
def test_the_pages_are_accessible(browse: Any, kept: int) -> None:
    with browse("zheng") as page:
        for address in ("", "/new", f"/{kept}", f"/{kept}/preview"):
            page.goto(f"/admin/statistics{address}")
            assert violations(page) == []
        assert page.complaints == []
