"""Web processes and workers are killed in the middle of their work; timers wait for nobody."""

import threading
import time
from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from engine.cases import reporting
from engine.cases.models import Case, Source, Stage, TimelineEntry
from engine.cases.reporting import Report
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.process.models import Delivery, OpenTimer, OutboxMessage, ProcessEvent
from tests.faults import crew, ledger
from tests.serving import Worker
from tests.stories import category

CASES = 11  # nine acts each, from acceptance to closure
URGINGS = select(TimelineEntry.case_id, TimelineEntry.detail).where(TimelineEntry.act == "urging")


def kill_after(people, acts, *programs):
    """Kill ``programs`` as soon as that many acts are acknowledged, while others are on their way."""

    def watch():
        while len(people.acknowledged) < acts:
            time.sleep(0.005)
        for program in programs:
            program.kill()

    threading.Thread(target=watch, daemon=True).start()


def test_a_hundred_acts_survive_the_death_of_web_and_worker(web, worker, start, reported, guide):
    cases = reported(CASES)
    people = crew.Crew(web.port, guide, cases)
    start(web, worker)
    for acts, programs in ((20, [web]), (50, [worker, web])):
        kill_after(people, acts, *programs)
        people.work(until=lambda: not web.is_alive)
        assert not any(program.is_alive for program in programs)
        assert ledger.lost_or_doubled(people.acknowledged) == {}
        assert ledger.contradictions(cases) == []
        ledger.let_leases_run_out()
        start(*programs)
    people.work()
    assert [(errand.act, status) for errand, status, _ in people.refused] == []
    assert ledger.lost_or_doubled(people.acknowledged) == {}
    assert ledger.contradictions(cases) == []
    assert stages_of(cases) == {Stage.closed}


def stages_of(case_ids):
    db.session.rollback()
    return set(db.session.scalars(select(Case.stage).where(Case.id.in_(case_ids))))


def test_two_hundred_due_timers_fire_once_each_though_a_worker_dies_among_them(city, worker, start, tmp_path):
    cases = urgent_yesterday(city, 200)
    start(worker)
    wait_until(lambda: fired() >= 20)
    worker.kill()
    assert fired() < len(cases)
    ledger.let_leases_run_out()
    start(Worker(city.url, tmp_path, 1), Worker(city.url, tmp_path, 2))
    wait_until(lambda: waiting() == 0)
    assert set(per_case(ProcessEvent.instance_id, ProcessEvent.kind == "fired").values()) == {1}
    urged = Counter((case_id, *sorted(detail.items())) for case_id, detail in db.session.execute(URGINGS))
    assert [urged[case_id, ("to", "department_head")] for case_id in cases] == [1] * len(cases)
    assert set(urged.values()) == {1}, "the ladders of the clocks were climbed by the same workers"


def urgent_yesterday(city, count):
    """Cases that a department should have signed for within a quarter of an hour, yesterday."""
    at = clock.now() - timedelta(days=1)
    report = Report(
        description="路面塌陷", source=Source.leader, point=city.spot, category_id=category().id, is_urgent=True,
        department_id=city.sanitation.id,
    )  # fmt: skip
    with unit_of_work():
        return [reporting.report(report, by=city.chen, at=at).id for _ in range(count)]


def fired():
    return count_of(ProcessEvent.kind == "fired")


def waiting():
    return count_of(OpenTimer.due_at <= clock.now()) + count_of(OutboxMessage.state == Delivery.pending.value)


def count_of(condition):
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(condition))


def per_case(column, condition):
    db.session.rollback()
    return dict(db.session.execute(select(column, func.count()).where(condition).group_by(column)).tuples().all())


def wait_until(come, seconds=240):
    until = time.monotonic() + seconds
    while not come():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)
