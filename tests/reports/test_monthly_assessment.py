"""The month as a document and as a workbook: the numbers that were counted, in print."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest
from pypdf import PdfReader

from engine.evaluation import formulas, publishing
from engine.evaluation.snapshot import Snapshot
from reports import monthly_assessment, monthly_figures
from reports.monthly_chapters import chapters
from reports.parts import Figure, Table
from reports.rendering import charts
from reports.wording import Wording
from tests.city import ZONE, City
from tests.engine.evaluation import months

At = Callable[[str], datetime]


@pytest.fixture
def kept(city: City, at: At) -> Snapshot:
    months.invent(at("2026-09-01 00:00"), 61, per_day=12)
    return publishing.read(publishing.compute("2026-10", ZONE, by=city.zheng, at=at("2026-11-02 09:00")))


_printed: dict[str, bytes] = {}


@pytest.fixture
def document(kept: Snapshot) -> PdfReader:
    """The month in print, made once for all tests that look at the same figures."""
    figures = repr(kept)
    if figures not in _printed:
        _printed[figures] = monthly_assessment.write_pdf(kept, locale="en", zone=ZONE, is_published=False)
    return PdfReader(io.BytesIO(_printed[figures]))


def test_the_document_has_cover_contents_chapters_and_page_numbers(kept: Snapshot, document: PdfReader) -> None:
    pages = [page.extract_text() for page in document.pages]
    assert "October 2026" in pages[0]
    assert kept.issuer in pages[0]
    assert "Preliminary" in pages[0]
    assert "Contents" in pages[1]
    assert f"Page 2 of {len(pages)}" in pages[1]
    headings = [item.title for item in document.outline if not isinstance(item, list)]
    assert headings[0] == "Contents"
    assert headings[1] == "1. The month as a whole"
    assert len(headings) == 8


def test_the_document_prints_the_very_numbers(kept: Snapshot, document: PdfReader) -> None:
    text = "\n".join(page.extract_text() for page in document.pages)
    for name in ("reported", "filed", "due_handling", "handled_on_time", "handled_late", "closed_due"):
        assert f"{kept.total[name]:,}" in text, name
    for one in (formulas.ON_TIME_HANDLING, formulas.CLOSURE, formulas.REWORK):
        assert f"{one.of(kept.total)}%" in text, one.name
    for case in kept.overdue:
        assert case["number"] in text.replace("\n", "")


def test_fonts_are_embedded(document: PdfReader) -> None:
    fonts = [font.get_object() for page in document.pages for font in page["/Resources"].get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert "Noto" in font["/BaseFont"]


def test_chinese_names_can_be_selected(kept: Snapshot, document: PdfReader) -> None:
    text = "\n".join(page.extract_text() for page in document.pages)
    for name in kept.names["department"].values():
        assert name in text


def test_an_empty_month_is_a_document_too(city: City, at: At) -> None:
    kept = publishing.read(publishing.compute("2026-10", ZONE, by=city.zheng, at=at("2026-11-02 09:00")))
    pdf = monthly_assessment.write_pdf(kept, locale="zh_Hans_CN", zone=ZONE, is_published=True)
    assert len(PdfReader(io.BytesIO(pdf)).pages) > 5


def test_the_workbook_holds_numbers_as_numbers(kept: Snapshot) -> None:
    stream = io.BytesIO()
    monthly_assessment.write_workbook(stream, kept, locale="en", zone=ZONE)
    book = openpyxl.load_workbook(stream)
    sheet = book["1-1 Main numbers"]
    assert [sheet["A4"].value, sheet["B4"].value] == ["Reported", kept.total["reported"]]
    rates = {row[0].value: row[1].value for row in book["1-2 Main rates"].iter_rows(min_row=4)}
    assert rates["On-time handling rate"] == float(formulas.ON_TIME_HANDLING.of(kept.total) or 0)


def test_every_counted_number_can_be_opened(kept: Snapshot) -> None:
    parts = [part for chapter in chapters(kept, Wording("en", ZONE)) for part in chapter.parts]
    for part in parts:
        if isinstance(part, Table) and part.name in {"sources", "districts", "streets", "categories", "subcategories"}:
            for row in part.rows:
                for cell, column in zip(row, part.columns, strict=True):
                    assert column.kind != "number" or not cell.value or cell.opens, (part.name, column.heading)


def test_charts_carry_their_numbers_as_text(kept: Snapshot) -> None:
    figures = [
        part for chapter in chapters(kept, Wording("en", ZONE)) for part in chapter.parts if isinstance(part, Figure)
    ]
    drawn = {figure.name: charts.svg(figure.option, width=600, height=figure.height) for figure in figures}
    assert f">{kept.total['filed']:,}</text>" in drawn["filed"]
    assert "Target 90%" in drawn["districts"]
    assert all(svg.startswith("<svg") for svg in drawn.values())


def test_a_month_before_the_first_one_is_a_dash_not_a_nought(kept: Snapshot) -> None:
    words = Wording("en", ZONE)
    assert "—" not in monthly_figures.filed_trend(kept, words).summary
    alone = replace(kept, trend={"2026-10": kept.trend["2026-10"]}, before={})
    assert monthly_figures.filed_trend(alone, words).summary.endswith("the month before —.")
