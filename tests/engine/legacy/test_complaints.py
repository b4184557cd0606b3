import csv
import gzip
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from engine.cases.errors import NoDraft
from engine.cases.models import Case, CaseReporter, Stage
from engine.kit.config import ROOT
from engine.kit.db import db
from engine.legacy import complaints, mapping, rows
from engine.process.models import OpenTask
from tests.city import ZONE

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
COLUMNS = """
    name = "hotline"
    [columns]
    number = "no"
    reported_at = "at"
    title = "subject"
    description = "text"
    reporter = "who"
"""
HEAD = "no,at,subject,text,who\n"


def take(opened, now=NOW):
    refused = []
    table, layout = opened
    outcome = complaints.import_reports(
        table, layout, now=lambda: now, on_refused=lambda row, why: refused.append((row.line, str(why)))
    )
    return outcome, refused


def count(model=Case) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def hotline(table):
    return lambda text: table(HEAD + text, COLUMNS, mapping.REPORT_COLUMNS)


def test_a_complaint_becomes_a_report_that_waits_for_acceptance(city, hotline):
    outcome, refused = take(hotline("7,2026/3/1 8:00:00,路灯不亮,三天了_x000D_,UU01\n"))
    assert (outcome.read, outcome.added, refused) == (1, 1, [])
    case = db.session.scalars(select(Case)).one()
    assert (case.stage, case.source, case.title, case.description) == (Stage.reported, "hotline", "路灯不亮", "三天了")
    assert case.reported_at == datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
    assert (case.category_id, case.region_code, case.lng) == (None, None, None)
    assert db.session.get(CaseReporter, case.id).name == "UU01"
    task = db.session.scalars(select(OpenTask)).one()
    assert (task.node, task.opened_at, task.due_at > NOW) == ("accept", NOW, True)


def test_the_same_file_again_adds_nothing(city, hotline):
    opened = hotline("1,2026/3/1 8:00:00,a,b,\n2,2026/3/1 8:00:00,c,d,\n")
    assert take(opened)[0].added == 2
    outcome, refused = take(opened)
    assert (outcome.added, outcome.known, refused, count()) == (0, 2, [], 2)


def test_bad_rows_are_listed_and_take_nobody_along(city, hotline):
    outcome, refused = take(hotline(
        "1,2026/3/1 8:00:00,good,x,\n"
        "2,gestern,bad time,x,\n"
        ",2026/3/1 8:00:00,no number,x,\n"
        "4,2026/3/1 8:00:00,,,\n"
        "5,2030/1/1 8:00:00,future,x,\n"
        "1,2026/3/1 8:00:00,another under the same number,x,\n"
        "1,2026/3/1 8:00:00,good,x,\n"
        f"{'9' * 81},2026/3/1 8:00:00,long number,x,\n"
        "8,2026/3/1 8:00:00,good too,x,\n"
    ))  # fmt: skip
    assert [line for line, _ in refused] == [3, 4, 5, 6, 7, 9]
    assert refused[4][1] == "The number 1 stands in line 2 with another content."
    assert (outcome.read, outcome.added, outcome.known, outcome.refused) == (9, 2, 1, 6)
    assert sorted(db.session.scalars(select(Case.source_no))) == ["1", "8"]
    assert count(OpenTask) == 2


def test_long_titles_are_cut_and_nothing_is_lost(city, hotline):
    take(hotline(f"1,2026/3/1 8:00:00,{'长' * 300},x,{'名' * 90}\n"))
    case = db.session.scalars(select(Case)).one()
    assert len(case.title) == 200
    assert case.description == "长" * 300 + "\n\nx"


def test_without_a_published_drawing_nothing_is_begun(database, hotline):
    with pytest.raises(NoDraft):
        take(hotline("1,2026/3/1 8:00:00,a,b,\n"))


def test_the_real_complaints(city, shared):
    """1,400 complaints: none lost, and none twice."""
    layout = mapping.read(ROOT / "docs/examples/complaints.toml", mapping.REPORT_COLUMNS)
    opened = rows.open_table(shared("citizen-complaints-zh.csv.gz"), layout), layout
    outcome, refused = take(opened)
    assert (outcome.read, outcome.added, refused) == (1400, 1400, [])
    assert count() == count(CaseReporter) == count(OpenTask) == 1400
    assert not db.session.scalar(select(func.count()).where(Case.description.contains("_x000D_")))
    with gzip.open(opened[0].path, "rt", encoding="utf-8-sig", newline="") as file:
        written = {line["message_id"]: line["submitted_at"] for line in csv.DictReader(file)}
    for number, reported_at in db.session.execute(select(Case.source_no, Case.reported_at)):
        assert reported_at == datetime.strptime(written[number], "%Y/%m/%d %H:%M:%S").replace(tzinfo=ZONE)
    outcome, _ = take(opened)
    assert (outcome.added, outcome.known, count()) == (0, 1400, 1400)
