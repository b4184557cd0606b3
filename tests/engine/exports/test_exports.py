"""Exports: made in slices with progress, gone on with after a crash, cancelled, kept for whoever asked."""

import io
import threading
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, insert, select, update

from engine.access.models import RolePermission
from engine.access.permissions import Permission
from engine.audit.models import AuditRecord
from engine.cases import queries
from engine.cases.models import Case
from engine.cases.queries import CaseFilter
from engine.exports import asking, files, jobs, making, taking, workbooks
from engine.exports.errors import (
    ExportEnded,
    ExportNotReady,
    NoSuchExport,
    NotAllVisible,
    NothingToExport,
    TooManyExports,
)
from engine.exports.models import Export, ExportRow
from engine.exports.queries import own
from engine.kit.config import Config
from engine.kit.db import db, unit_of_work
from engine.notifications import jobs as notifications
from engine.organization import leaving
from reports import case_list
from tests.letters import messages

NOW = "2026-03-02 10:00"


@pytest.fixture(autouse=True)
def _small_slices(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "SLICE", 10)
    files.keep_in(Config.from_env({"CITYLOOP_DATA_DIR": str(tmp_path), "SECRET_KEY": "x"}))
    case_list.register({})


@pytest.fixture
def now(at):
    return at(NOW)


@pytest.fixture
def many(city, now):
    """Thirty-five cases; every seventh is of sanitation, the others have no department."""
    with unit_of_work():
        db.session.execute(insert(Case), [row(number, city, now) for number in range(35)])
    return 35


def row(number, city, now):
    return {
        "number": f"1101012026030200{number:04}", "stage": "filed", "source": "patrol", "title": f"案件{number}",
        "description": "", "place": "", "location_level": "point", "area_class": "A", "is_urgent": False,
        "is_self_handled": False, "reported_at": now + timedelta(minutes=number), "clock_state": "none",
        "due_is_provisional": False, "return_count": 0, "rework_count": 0, "reopen_count": 0, "restore_count": 0,
        "extension_count": 0, "photo_count": 0, "updated_at": now,
        "department_id": city.sanitation.id if number % 7 == 0 else None,
    }  # fmt: skip


def ask(by, now, sort="oldest"):
    with unit_of_work():
        places = queries.places(CaseFilter(), by, at=now, sort=sort)
        export = asking.begin(places, query="sort=oldest", asked=[("State", "open")], filters=["state"],
                              locale="en", by=by, at=now)  # fmt: skip
        return export.id


def get(key):
    db.session.rollback()
    return db.session.get(Export, key)


def numbers(path):
    sheet = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active
    return [line[0].value for line in sheet.iter_rows(min_row=2)]


def take(key, by, now):
    with unit_of_work():
        return taking.take(own(key, by), by=by, at=now)


def rows_of(key):
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(ExportRow.export_id == key))


def test_a_list_becomes_a_workbook_in_its_order_with_a_message_and_a_record(city, many, now):
    key = ask(city.zhou, now)
    assert (get(key).total, get(key).done, get(key).state) == (35, 0, "running")
    assert jobs.make_due(now) == 1
    assert jobs.make_due(now) == 0
    assert (get(key).state, get(key).done, get(key).written) == ("ready", 35, 35)
    path = take(key, city.zhou, now)
    assert numbers(path) == [f"1101012026030200{number:04}" for number in range(35)]
    assert [one.name for one in path.parent.iterdir()] == ["workbook.xlsx"]
    sheet = openpyxl.load_workbook(path).active
    assert sheet["J2"].value.isoformat() == "2026-03-02T10:00:00"
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "cases.exported")).one()
    assert record.detail == {"rows": 35, "filters": ["state"], "export": key}
    notifications.address_due(now + timedelta(minutes=1))
    (message,) = [one for one in messages() if one.kind == "export_ready"]
    assert (message.user_id, message.params) == (city.zhou.id, {"count": 35, "export": key})


def test_the_list_is_as_it_was_when_it_was_asked_for(city, many, now):
    key = ask(city.zhou, now)
    with unit_of_work():
        db.session.execute(insert(Case), [row(99, city, now - timedelta(days=1))])
    jobs.make_due(now)
    assert len(numbers(take(key, city.zhou, now))) == 35


def test_the_same_workbook_as_at_once(city, many, now):
    key = ask(city.zhou, now, sort="newest")
    jobs.make_due(now)
    stream = io.BytesIO()
    case_list.write(stream, queries.stream(CaseFilter(), city.zhou, at=now), locale="en", at=now, words={})
    at_once = openpyxl.load_workbook(stream).active
    made = openpyxl.load_workbook(take(key, city.zhou, now)).active
    assert list(made.values) == list(at_once.values)


class Killed(BaseException):
    """What no handler of the program's catches."""


def test_whoever_comes_after_a_worker_that_died_goes_on_where_it_was(city, many, now, monkeypatch):
    key = ask(city.zhou, now)
    read, original = [], workbooks.writer()

    def rows(cases, locale, at):
        if len(read) == 2:
            raise Killed
        read.append(len(cases))
        return original.rows(cases, locale, at)

    workbooks.register(workbooks.Writer(rows, original.write))
    with pytest.raises(Killed):
        jobs.make_due(now, worker="one")
    assert (get(key).done, get(key).state) == (20, "running")
    assert jobs.make_due(now + timedelta(seconds=30), worker="two") == 0, "its lease still runs"
    workbooks.register(workbooks.Writer(lambda *given: read.append(0) or original.rows(*given), original.write))
    assert jobs.make_due(now + making.LEASE + timedelta(seconds=5), worker="two") == 1
    assert len(read) == 4
    assert len(numbers(take(key, city.zhou, now))) == 35


def test_a_worker_that_died_while_writing_left_nothing_half(city, many, now):
    key = ask(city.zhou, now)
    original = workbooks.writer()

    def write(stream, rows, locale):
        stream.write(b"half")
        raise Killed

    workbooks.register(workbooks.Writer(original.rows, write))
    with pytest.raises(Killed):
        jobs.make_due(now, worker="one")
    with pytest.raises(ExportNotReady):
        take(key, city.zhou, now)
    workbooks.register(original)
    jobs.make_due(now + making.LEASE + timedelta(seconds=5), worker="two")
    assert len(numbers(take(key, city.zhou, now))) == 35


def test_rows_that_another_machine_kept_are_read_again(city, many, now):
    key = ask(city.zhou, now)
    asked = iter([True])
    jobs.make_due(now, going_on=lambda: next(asked, False))
    assert get(key).done == 10
    files.drop(key)
    jobs.make_due(now)
    assert len(numbers(take(key, city.zhou, now))) == 35


def test_a_worker_that_is_to_stop_leaves_it_to_the_next_at_once(city, many, now):
    key = ask(city.zhou, now)
    asked = iter([True] * 7)
    jobs.make_due(now, worker="one", going_on=lambda: next(asked, False))
    assert get(key).state == "running"
    assert jobs.make_due(now, worker="two") == 1
    assert get(key).state == "ready"


def test_it_is_cancelled_while_it_is_read_and_while_it_is_written(city, many, now):
    for asked_before in (2, 6):
        key = ask(city.zhou, now)
        count = []

        def going_on(key=key, count=count, most=asked_before):
            count.append(1)
            if len(count) == most:
                with unit_of_work():
                    asking.cancel(db.session.get(Export, key), at=now)
            return True

        jobs.make_due(now, going_on=going_on)
        assert get(key).state == "cancelled"
        assert rows_of(key) == 0
        with pytest.raises(ExportNotReady):
            take(key, city.zhou, now)
        with pytest.raises(ExportEnded), unit_of_work():
            asking.cancel(db.session.get(Export, key), at=now)
        jobs.purge(now)
        assert not files.folder(key).exists()
    assert [one for one in messages() if one.kind == "export_ready"] == []


def test_nobody_else_takes_it_and_not_more_than_he_may_see_now(city, many, now):
    key = ask(city.zhou, now)
    jobs.make_due(now)
    for other in (city.wang, city.zhao, city.system_admin):
        with pytest.raises(NoSuchExport):
            own(key, other)
    db.session.rollback()
    # The head of a department saw her own only; then one of them goes to another department.
    mine = ask(city.head, now)
    assert get(mine).total == len([one for one in range(35) if one % 7 == 0])
    jobs.make_due(now)
    take(mine, city.head, now)
    with unit_of_work():
        case = db.session.scalars(select(Case).where(Case.department_id == city.sanitation.id).limit(1)).one()
        case.department_id = None
    with pytest.raises(NotAllVisible):
        take(mine, city.head, now)


def test_what_may_not_be_seen_any_more_when_it_is_made_is_left_out(city, many, now):
    mine = ask(city.head, now)
    with unit_of_work():
        db.session.execute(update(Case).where(Case.number == "11010120260302000007").values(department_id=None))
    jobs.make_due(now)
    assert (get(mine).total, get(mine).written) == (5, 4)
    assert "11010120260302000007" not in numbers(take(mine, city.head, now))


def test_who_has_left_or_may_not_export_any_more_gets_nothing(city, many, now):
    keys = [ask(city.head, now), ask(city.zhou, now)]
    with unit_of_work():
        leaving.leave(city.user("head"), by=city.system_admin, at=now)
        db.session.query(RolePermission).filter_by(permission=Permission.case_export.value).delete()
    jobs.make_due(now)
    assert [(get(key).state, get(key).error) for key in keys] == [("failed", making.NOT_ALLOWED)] * 2
    assert not files.workbook(keys[0]).exists()


def test_what_fails_is_tried_three_times_and_holds_up_nobody(city, many, now, monkeypatch):
    broken, other = ask(city.zhou, now), ask(city.wang, now)
    original = files.keep_rows

    def keep(export_id, first, rows):
        if export_id == broken:
            raise OSError("no space left on device")
        original(export_id, first, rows)

    monkeypatch.setattr(files, "keep_rows", keep)
    for minutes in (0, 2, 10):
        jobs.make_due(now + timedelta(minutes=minutes))
    assert (get(broken).state, get(broken).attempts, get(broken).error) == ("failed", 3, making.BROKEN)
    assert get(other).state == "ready"


def test_nothing_and_too_many_are_refused(city, many, now):
    with pytest.raises(NothingToExport), unit_of_work():
        asking.begin(queries.places(CaseFilter(number="x"), city.zhou, at=now), query="", asked=[], filters=[],
                     locale="en", by=city.zhou, at=now)  # fmt: skip
    for _ in range(asking.MOST_RUNNING):
        ask(city.zhou, now)
    with pytest.raises(TooManyExports):
        ask(city.zhou, now)
    ask(city.wang, now)


def test_a_list_that_is_too_long_is_cut_and_says_so(city, many, now, monkeypatch):
    monkeypatch.setattr(asking, "MOST", 35)
    assert (get(ask(city.zhou, now)).total, get(ask(city.zhou, now)).is_capped) == (35, False)
    monkeypatch.setattr(asking, "MOST", 20)
    key = ask(city.zhou, now)
    assert (get(key).total, get(key).is_capped) == (20, True)
    jobs.make_due(now)
    assert numbers(take(key, city.zhou, now)) == [f"1101012026030200{number:04}" for number in range(20)]


def test_it_is_kept_for_some_days(city, many, now):
    key = ask(city.zhou, now)
    jobs.make_due(now)
    assert jobs.purge(now + timedelta(days=6, hours=23)) == 0
    take(key, city.zhou, now)
    assert jobs.purge(now + timedelta(days=7, hours=1)) == 1
    assert (get(key), rows_of(key), files.folder(key).exists()) == (None, 0, False)


def test_asking_costs_few_statements_however_long_the_list(city, many, now, statements):
    zhou = city.zhou
    with statements() as seen:
        ask(zhou, now)
    assert len(seen) <= 6, "\n".join(seen)


def test_two_workers_make_two_exports_and_each_once(city, many, now):
    keys = [ask(city.zhou, now), ask(city.wang, now)]
    written, original = [], workbooks.writer()
    workbooks.register(workbooks.Writer(original.rows, lambda *given: written.append(1) or original.write(*given)))
    if db.engine.dialect.name == "sqlite":
        jobs.make_due(now, worker="one")
    else:
        from tests import databases  # noqa: PLC0415

        app = databases.application(str(db.engine.url.render_as_string(hide_password=False)))

        def work(name):
            with app.app_context():
                jobs.make_due(now, worker=name)

        threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [get(key).state for key in keys] == ["ready", "ready"]
    assert len(written) == 2
