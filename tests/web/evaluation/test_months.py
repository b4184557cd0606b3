"""The pages of assessment: numbers that lead to their cases, documents, publishing."""

import io
import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from engine.evaluation import publishing, snapshot
from engine.evaluation.models import State
from engine.evaluation.snapshot import Snapshot
from engine.kit import clock
from engine.kit.db import db
from tests.city import ZONE, City
from tests.engine.evaluation import months
from tests.visiting import Visitor

At = Callable[[str], datetime]
Visit = Callable[..., Visitor]


@pytest.fixture
def kept(city: City, at: At) -> Snapshot:
    """October, computed but not published."""
    months.invent(at("2026-09-20 00:00"), 41, per_day=6)
    row = publishing.compute("2026-10", ZONE, by=city.zheng, at=at("2026-11-02 09:00"))
    db.session.commit()
    return publishing.read(row)


def told(page: str) -> int:
    """How many rows a list of cases says that it has."""
    found = re.search(r"of ([\d,]+)", page[page.index('class="pages-told"') :])
    assert found
    return int(found[1].replace(",", ""))


def test_months_are_listed_with_their_numbers(visit: Visit, kept: Snapshot, at: At) -> None:
    with clock.fixed(at("2026-11-05 09:00")):
        page = visit("zheng", language="en").get("/assessment/").text
    assert "October 2026" in page
    assert "Preliminary" in page
    assert f"{kept.total['reported']:,}" in page


def test_every_number_of_a_month_opens_that_many_cases(visit: Visit, kept: Snapshot) -> None:
    visitor = visit("zheng", language="en")
    page = visitor.get("/assessment/2026-10")
    assert page.status_code == 200
    links = re.findall(r'<a href="(/desk/cases\?[^"]*set=[^"]*)">([\d,]+)</a>', page.text)
    assert len(links) > 60
    for address, number in links[::11]:
        opened = visitor.get(unescape(address))
        assert opened.status_code == 200
        assert told(opened.text) == int(number.replace(",", "")), address


def test_a_month_that_was_not_computed_offers_to(visit: Visit, kept: Snapshot, at: At) -> None:
    with clock.fixed(at("2026-11-05 09:00")):
        visitor = visit("wu", language="en")
        assert "have not been computed yet" in visitor.get("/assessment/2026-09").text
        assert publishing.find("2026-09") is None
        assert visitor.post("/assessment/2026-09/computation").status_code == 303
        assert "Main numbers" in visitor.get("/assessment/2026-09").text
        assert "has not begun" in visitor.get("/assessment/2027-09").text


def test_a_month_that_has_not_begun_is_not_counted(visit: Visit, kept: Snapshot, at: At) -> None:
    with clock.fixed(at("2026-11-05 09:00")):
        visitor = visit("wu", language="en")
        page = visitor.post("/assessment/2026-12/computation")
        assert page.status_code == 409
        assert "has not begun" in page.text
        assert publishing.find("2026-12") is None
        assert visitor.post("/assessment/2026-11/computation").status_code == 303


def test_others_write_while_a_month_is_counted(
    visit: Visit, kept: Snapshot, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, writing = snapshot.take, []

    def watched(*args: Any) -> Snapshot:
        writing.append(db.session.info.get("writing", False))
        return take(*args)

    monkeypatch.setattr(snapshot, "take", watched)
    with clock.fixed(at("2026-11-05 09:00")):
        assert visit("wu").post("/assessment/2026-10/computation").status_code == 303
        db.session.rollback()
        row = publishing.find("2026-10")
    assert writing == [False]
    assert row is not None
    assert row.as_of == at("2026-11-05 09:00")


def test_only_an_evaluator_publishes_and_then_nothing_changes(visit: Visit, kept: Snapshot, at: At) -> None:
    with clock.fixed(at("2026-11-05 09:00")):
        assert visit("wu").post("/assessment/2026-10/publication").status_code == 403
        evaluator = visit("zheng", language="en")
        assert "Publish October 2026" in evaluator.get("/assessment/2026-10").text
        unsure = evaluator.post("/assessment/2026-10/publication")
        assert unsure.status_code == 422
        assert "Please tick that you want this." in unsure.text
        assert "Publish October 2026" in evaluator.get("/assessment/2026-10").text
        assert evaluator.post("/assessment/2026-10/publication", data={"is_sure": "1"}).status_code == 303
        assert evaluator.post("/assessment/2026-10/computation").status_code == 409
        assert "Compute again" not in evaluator.get("/assessment/2026-10").text
    row = publishing.find("2026-10")
    assert row is not None
    assert row.state == State.published
    assert publishing.read(row) == kept


def test_the_month_is_taken_away_as_pdf_and_workbook(visit: Visit, kept: Snapshot) -> None:
    visitor = visit("zheng", language="en")
    document = visitor.get("/assessment/2026-10/document.pdf")
    assert document.mimetype == "application/pdf"
    assert "October 2026" in PdfReader(io.BytesIO(document.data)).pages[0].extract_text()
    book = openpyxl.load_workbook(io.BytesIO(visitor.get("/assessment/2026-10/workbook.xlsx").data))
    assert book["1-1 Main numbers"]["B4"].value == kept.total["reported"]
    assert visitor.get("/assessment/2026-08/document.pdf").status_code == 404


def test_a_document_of_numbers_computed_again_is_another(visit: Visit, kept: Snapshot, at: At) -> None:
    visitor = visit("zheng", language="en")
    before = visitor.get("/assessment/2026-10/workbook.xlsx").data
    assert visitor.get("/assessment/2026-10/workbook.xlsx").data == before
    months.invent(at("2026-10-05 00:00"), 1, per_day=4, seed=9)
    db.session.commit()
    with clock.fixed(at("2026-11-06 09:00")):
        visit("zheng").post("/assessment/2026-10/computation")
    assert visitor.get("/assessment/2026-10/workbook.xlsx").data != before


@pytest.mark.parametrize("name", ["chen", "clerk", "system_admin"])
def test_others_stay_outside(visit: Visit, city: City, name: str) -> None:
    visitor = visit(name)
    assert visitor.get("/assessment/").status_code == 403
    assert visitor.get("/assessment/2026-10").status_code == 403
    assert visitor.get("/assessment/2026-10/document.pdf").status_code == 403


@pytest.mark.parametrize("address", ["/assessment/2026-13", "/assessment/nonsense", "/assessment/2026-13/document.pdf"])
def test_what_is_no_month_is_not_found(visit: Visit, city: City, address: str) -> None:
    assert visit("zheng").get(address).status_code == 404


def test_the_page_of_a_month_asks_few_questions(visit: Visit, kept: Snapshot, statements: Callable[[], object]) -> None:
    visitor = visit("zheng")
    visitor.get("/assessment/2026-10")
    with statements() as seen:  # type: ignore[attr-defined]
        visitor.get("/assessment/2026-10")
    assert len(seen) < 15
