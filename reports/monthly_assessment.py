"""A month's assessment as a document (PDF) and as a workbook: the same chapters, tables and figures as the page."""

from datetime import datetime, timedelta
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from markupsafe import Markup

from engine.evaluation import formulas
from engine.evaluation.snapshot import Snapshot
from engine.kit.i18n import N_
from reports.monthly_chapters import chapters
from reports.parts import Chapter, Figure, Table
from reports.rendering import charts, html, pdf, xlsx
from reports.wording import Wording

CHART_WIDTH = 640
"""In CSS pixels: the width between the margins of A4."""
HALF_WIDTH = 312


def write_pdf(kept: Snapshot, *, locale: str, zone: ZoneInfo, is_published: bool) -> bytes:
    """The document: cover, contents, chapters, definitions. A few seconds.

    Raises pdf.NoPdf where the server lacks Pango, FileNotFoundError where fonts or ECharts were not gathered.
    """
    words = Wording(locale, zone)
    written = chapters(kept, words)
    text = html.render(
        "monthly_assessment.html",
        locale=locale,
        chapters=written,
        language="zh-CN" if words.is_chinese else "en",
        month=words.month(kept.period.name),
        organization=kept.issuer,
        is_published=is_published,
        first_day=words.day(kept.period.start),
        last_day=words.day(_last_moment(kept)),
        as_of=words.minute(kept.period.as_of),
        as_of_day=words.day(kept.period.as_of),
        headline=headline(kept, words),
        drawn=_drawn(written),
        is_figure=_is_figure,
        heading=_heading(words),
    )
    return pdf.write(text, css=(html.TEMPLATES / "document.css").read_text() + _page_numbers(words))


def write_workbook(stream: BinaryIO, kept: Snapshot, *, locale: str, zone: ZoneInfo) -> None:
    """Every table of the document on a sheet of its own."""
    words = Wording(locale, zone)
    found = [part for chapter in chapters(kept, words) for part in chapter.parts if isinstance(part, Table)]
    subtitle = words.say(
        N_("%(month)s, as of %(moment)s"), month=words.month(kept.period.name), moment=words.minute(kept.period.as_of)
    )
    xlsx.write_tables(stream, found, subtitle=subtitle, total=words.say(N_("Total")))


def headline(kept: Snapshot, words: Wording) -> list[tuple[str, str]]:
    """The few numbers that stand on the cover: a name and a number each."""
    return [
        (words.say(N_("Reported")), words.number(kept.total["reported"])),
        (words.say(N_("Filed")), words.number(kept.total["filed"])),
        (words.say(formulas.ON_TIME_HANDLING.name), words.rate(formulas.ON_TIME_HANDLING.of(kept.total))),
        (words.say(formulas.CLOSURE.name), words.rate(formulas.CLOSURE.of(kept.total))),
    ]


def _drawn(written: list[Chapter]) -> dict[str, Markup]:
    """Each figure's SVG by its number. It is ours, from numbers and catalogue names that ECharts escapes."""
    figures = [part for chapter in written for part in chapter.parts if isinstance(part, Figure)]
    return {one.number: Markup(_svg(one)) for one in figures}  # noqa: S704 - see above


def _svg(figure: Figure) -> str:
    return charts.svg(figure.option, width=HALF_WIDTH if figure.is_half else CHART_WIDTH, height=figure.height)


def _page_numbers(words: Wording) -> str:
    """Page x of y below every page, in the reader's language."""
    before, between, after = words.say(N_("Page {page} of {pages}")).replace("{pages}", "{page}").split("{page}")
    content = f'"{before}" counter(page) "{between}" counter(pages) "{after}"'
    return f"@page {{ @bottom-center {{ content: {content} }} }}"


def _heading(words: Wording) -> Any:
    """How chapters are headed: "一、总体运行", "1. The month as a whole"."""
    return lambda chapter: f"{chapter.ordinal}{'、' if words.is_chinese else '. '}{chapter.title}"


def _is_figure(part: Table | Figure) -> bool:
    return isinstance(part, Figure)


def _last_moment(kept: Snapshot) -> datetime:
    return kept.period.end - timedelta(seconds=1)
