import csv
import gzip
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from engine.calendars import queries as calendars
from engine.cases import search
from engine.cases.models import Case, DayNumber, Stage, TimelineEntry
from engine.cases.round_models import Dispatch
from engine.catalog.models import Category
from engine.deadlines.models import Clock
from engine.deadlines.reading import read as read_facts
from engine.evaluation import counting
from engine.evaluation.periods import Period
from engine.kit.config import ROOT
from engine.kit.db import db
from engine.legacy import history, mapping, rows, verdicts
from engine.organization.models import Department

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
COLUMNS = """
    name = "old311"
    time_zone = "America/New_York"
    code_system = "CITY-OLD"
    on_time = "YES"
    overdue = "NO"
    keep = ["channel"]
    [columns]
    number = "no"
    reported_at = "opened"
    due_at = "target"
    closed_at = "closed"
    title = "what"
    lng = "x"
    lat = "y"
    note = "why"
    department = "dept"
    major = "group"
    category = "type"
    verdict = "ok"
    [departments]
    PW = "Public Works"
"""
HEAD = "no,opened,target,closed,what,x,y,why,dept,group,type,ok,channel\n"
CLOSED = (
    "1,2015-03-02T09:00:00,2015-03-04T09:00:00,2015-03-04T09:00:00,Pothole,-71.05,42.29,filled,"
    "PW,Roads,Pothole,YES,phone\n"
)
LATE = "2,2015-03-02T09:10:00,2015-03-04T09:00:00,2015-03-04T09:00:01,Pothole,,,,PW,Roads,Pothole,NO,\n"
OPEN = "3,2015-03-02T09:20:00,2015-03-05T09:00:00,,Tree,,,,PARK,Trees,Fallen tree,NO,\n"
NO_TARGET = "4,2015-03-03T09:00:00,,,Noise,,,,,,,YES,\n"


def take(opened):
    refused = []
    table, layout = opened
    outcome = history.import_cases(
        table, layout, now=lambda: NOW, on_refused=lambda row, why: refused.append((row.line, str(why)))
    )
    return outcome, refused


def case(number: str) -> Case:
    return db.session.scalars(select(Case).where(Case.source_no == number)).one()


@pytest.fixture
def old(table):
    return lambda text: table(HEAD + text, COLUMNS)


def test_a_closed_row_is_a_closed_case_with_its_whole_file(city, old):
    outcome, refused = take(old(CLOSED))
    assert (outcome.added, refused) == (1, [])
    kept, closed = case("1"), datetime(2015, 3, 4, 14, 0, tzinfo=UTC)
    assert (kept.stage, kept.source, kept.result) == (Stage.closed, "legacy", "resolved")
    assert (kept.number, kept.instance_id) == ("00000020150302000001", None)
    assert kept.reported_at == datetime(2015, 3, 2, 14, 0, tzinfo=UTC)
    assert kept.due_at == kept.first_due_at == kept.handled_at == kept.closed_at == kept.ended_at == closed
    assert (kept.clock_state, kept.limit_value, kept.limit_unit) == ("stopped", 2.0, "calendar_days")
    assert (kept.lng, kept.lat, kept.location_level) == (-71.05, 42.29, "point")
    assert (kept.department.name, kept.department.legacy_code) == ("Public Works", "PW")
    assert (kept.category.code_system, kept.category.code, kept.category.major_name) == ("CITY-OLD", "01001", "Roads")
    row = db.session.scalars(select(Dispatch)).one()
    assert (row.mode, row.department_id, row.ended_at) == ("legacy", kept.department_id, closed)
    entries = db.session.scalars(select(TimelineEntry).order_by(TimelineEntry.id)).all()
    assert [entry.act for entry in entries] == ["report", "filing", "dispatch", "feedback", "closure"]
    assert entries[0].detail["kept"] == {"channel": "phone"}
    assert (entries[-1].note, entries[-1].stage, entries[-1].detail["verdict"]) == ("filled", "closed", "YES")
    assert db.session.scalars(select(Case.id).where(search.matches("Pothole"))).one() == kept.id


def test_clocks_tell_what_the_case_tells(city, old):
    take(old(CLOSED + LATE + OPEN + NO_TARGET))
    found = {}
    for clock in db.session.scalars(select(Clock)):
        reading = read_facts(clock.facts, calendars.working(clock.calendar_id), at=NOW)
        found[db.session.get(Case, clock.subject_id).source_no] = (reading.on_time, clock.state)
    assert found == {"1": (True, "stopped"), "2": (False, "stopped"), "3": (False, "running")}


def test_an_open_row_is_being_handled(city, old):
    take(old(OPEN + NO_TARGET))
    open_case, free = case("3"), case("4")
    assert (open_case.stage, open_case.clock_state, open_case.handled_at) == (Stage.handling, "running", None)
    assert open_case.amber_at < open_case.due_at
    assert (free.stage, free.clock_state, free.due_at, free.department_id, free.category_id) == (
        Stage.handling, "none", None, None, None
    )  # fmt: skip


def test_the_same_file_again_adds_nothing_and_a_longer_one_the_rest(city, old):
    take(old(CLOSED + LATE))
    outcome, _ = take(old(CLOSED + LATE + OPEN))
    assert (outcome.added, outcome.known) == (1, 2)
    assert db.session.scalar(select(func.count()).where(Department.legacy_code.is_not(None))) == 2
    codes = select(Category.code).where(Category.code_system == "CITY-OLD")
    assert sorted(db.session.scalars(codes)) == ["01001", "02001"]
    assert db.session.scalars(select(DayNumber.last).where(DayNumber.region_code == "000000")).one() == 3


def test_a_department_that_has_the_code_already_keeps_its_cases(city, old):
    city.sanitation.legacy_code = "PW"
    db.session.commit()
    take(old(CLOSED))
    assert case("1").department_id == city.sanitation.id


def test_bad_rows_are_listed(city, old):
    outcome, refused = take(old(
        CLOSED
        + "5,,,,x,,,,,,,,\n"
        + "6,2015-03-02T09:00:00,,2015-03-01T09:00:00,x,,,,,,,,\n"
        + "7,2015-03-02T09:00:00,soon,,x,,,,,,,,\n"
        + "8,2015-03-02T09:00:00,,,,,,,,,,,\n"
        + LATE
    ))  # fmt: skip
    assert [line for line, _ in refused] == [3, 4, 5, 6]
    assert (outcome.added, outcome.refused) == (2, 4)


def test_a_row_that_the_database_refuses_is_found_among_the_good(city, old, monkeypatch):
    good = history.writing.write

    def write(pasts, *args, **kwargs):
        good(pasts, *args, **kwargs)
        if any(past.number == "2" for past in pasts):
            db.session.execute(Case.__table__.insert(), [{"id": pasts[0].line, "number": case("2").number}])

    monkeypatch.setattr(history.writing, "write", write)
    outcome, refused = take(old(CLOSED + LATE + OPEN))
    assert (outcome.added, [line for line, _ in refused]) == (2, [3])
    assert sorted(db.session.scalars(select(Case.source_no))) == ["1", "3"]


def test_the_files_judgement_and_ours(city, old):
    table, layout = opened = old(CLOSED + LATE + OPEN + NO_TARGET + OPEN.replace("3,", "9,", 1).replace(",NO,", ",,"))
    take(opened)
    found = verdicts.compare(table, layout, verdicts.drawn_at(layout))
    assert verdicts.drawn_at(layout) == datetime(2015, 3, 4, 14, 0, 1, tzinfo=UTC)
    assert [(one.number, one.ours, one.theirs) for one in found.differences] == [("3", True, False), ("9", True, None)]
    later = verdicts.compare(table, layout, NOW)
    assert [(one.number, one.ours, one.theirs) for one in later.differences] == [("9", False, None)]
    assert list(verdicts.differing(later)) == []


def test_the_real_history(city, shared):
    """10,208 requests of one month: all there, and each department's number on time equals the file's own."""
    path = shared("boston311-2015-03.csv.gz")
    layout = mapping.read(ROOT / "docs/examples/history.toml", mapping.CASE_COLUMNS)
    table = rows.open_table(path, layout)
    outcome, refused = take((table, layout))
    assert (outcome.read, outcome.added, refused) == (10_208, 10_208, [])
    assert take((table, layout))[0].known == 10_208

    with gzip.open(path, "rt", encoding="utf-8") as file:
        theirs = Counter((row["department"], row["on_time"]) for row in csv.DictReader(file))
    found = verdicts.compare(table, layout, verdicts.drawn_at(layout))
    assert {code: one.on_time for code, one in found.ours.items()} == {
        code: theirs[code, "ONTIME"] for code, _ in theirs
    }  # fmt: skip
    # 19 rows are without a judgement in the file; by its own rule they are overdue. Nothing else differs.
    assert len(found.differences) == 19
    assert {(one.ours, one.theirs) for one in found.differences} == {(False, None)}
    assert Counter(one.department for one in found.differences) == {"BTDT": 9, "PWDx": 10}
    assert db.session.scalar(select(func.count()).select_from(Clock)) == 7_175
    _check_assessment(path, layout)


def _check_assessment(path, layout):
    """Our assessment judges what was due by the moment of the extract; of that the file says the same."""
    as_of = verdicts.drawn_at(layout)
    period = Period("all", datetime(2015, 1, 1, tzinfo=UTC), as_of, as_of)
    ours = counting.tally(period).by["department"]
    wanted = Counter()
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            target = line["target_at"] and datetime.fromisoformat(line["target_at"]).replace(tzinfo=layout.zone)
            if target and target < as_of:
                wanted[line["department"], "on_time" if line["on_time"] == "ONTIME" else "late"] += 1
    for office in db.session.scalars(select(Department).where(Department.legacy_code.is_not(None))):
        counts = ours[str(office.id)]
        late = counts["handled_late"] + counts["unhandled_late"]
        code = office.legacy_code
        assert (counts["handled_on_time"], late) == (wanted[code, "on_time"], wanted[code, "late"]), code
