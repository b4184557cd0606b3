"""Workers advance replays: a slice is reckoned first, and then written with its progress in one short transaction.

Nothing is locked while a slice is reckoned: acts go on beside it, on SQLite too. Where another worker, or a cancelling
administrator, was faster, what was reckoned is thrown away; so nothing counts twice, and after a death the next worker
goes on after the last slice that was written.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import OperationalError

from engine.access.actors import SYSTEM
from engine.audit import recording
from engine.calendars import queries as calendars
from engine.kit.db import db, unit_of_work
from engine.kit.i18n import N_
from engine.studio import recorded, replay, replaying, typical
from engine.studio.recorded import Record
from engine.studio.replay import Replayed
from engine.studio.replay_models import Replay, ReplayedCase, ReplayedNode, ReplayState, Went
from engine.studio.replay_target import targets
from engine.studio.tallying import Tally, all_of, is_later, is_newly_late, is_relieved
from engine.studio.typical import Typical

log = logging.getLogger(__name__)

SLICE = 20
KEPT = 5
"""Replays of a process whose single cases are kept; of older ones the figures stay."""
BROKEN = N_("It could not be replayed; the program's log says why.")


def advance(at: datetime, *, seconds: float, going_on: Callable[[], bool] = lambda: True) -> int:
    """Do what fits into some seconds of every replay that runs; how many cases were replayed.

    The caller must not be inside a transaction.
    """
    until, done = time.monotonic() + seconds, 0
    for replay_id in _running():
        while looked := _slice(replay_id, at):
            done += looked
            # Asked afterwards: on a machine that is slow just now every call still does one slice.
            if not going_on() or time.monotonic() >= until:
                return done
    return done


def _running() -> list[int]:
    running = Replay.state == ReplayState.running.value
    found = list(db.session.scalars(select(Replay.id).where(running).order_by(Replay.id)))
    db.session.rollback()
    return found


def _slice(replay_id: int, at: datetime) -> int:
    began = time.monotonic()
    try:
        run = db.session.get(Replay, replay_id, populate_existing=True)
        if run is None or run.state != ReplayState.running:
            return 0
        if not run.typical:
            return _write_typical(run)
        after = run.last_instance_id
        ids = replaying.instances_of(run, after=after, most=SLICE) if run.done < run.total else []
        done = _Done.of(replay_id, after, ids, _replayed(run, ids))
        # The read is over before the write begins: no lock outlives it.
        db.session.rollback()
        return _write(done, at, time.monotonic() - began)
    finally:
        db.session.rollback()
        db.session.expunge_all()


def _write_typical(run: Replay) -> int:
    """First of all: what steps took in these weeks."""
    sample: list[Record] = []
    after = run.last_instance_id
    while len(sample) < min(run.total, typical.SAMPLE):
        ids = replaying.instances_of(run, after=after, most=200)
        if not ids:
            break
        sample += recorded.read(ids)
        after = ids[-1]
    found, replay_id = typical.of(sample, calendars.working(None)), run.id
    db.session.rollback()
    with unit_of_work():
        mine = _locked(replay_id)
        if mine is not None and not mine.typical:
            mine.typical = found.as_json()
    return 1


def _replayed(run: Replay, ids: Sequence[int]) -> list[Replayed]:
    target, usual = targets.get(run.digest, lambda: run.xml), Typical.from_json(run.typical)
    calendar = calendars.working(None)
    found = []
    for record in recorded.read(ids):
        try:
            found.append(replay.replay(record, target, usual, calendar, at=run.asked_at))
        except OperationalError:
            raise  # The database is away: the next call tries again from here.
        except Exception:
            log.exception("instance %s could not be replayed", record.instance_id)
            found.append(Replayed(record, Went.not_replayed, (BROKEN, {})))
    return found


@dataclass(frozen=True)
class _Done:
    """A slice as it will be written."""

    replay_id: int
    after: int
    ids: Sequence[int]
    tally: Tally
    rows: list[dict[str, object]]
    nodes: list[dict[str, object]]

    @classmethod
    def of(cls, replay_id: int, after: int, ids: Sequence[int], found: Sequence[Replayed]) -> "_Done":
        rows = [_row(replay_id, each) for each in found]
        nodes = [row for each in found for row in _nodes(replay_id, each)]
        return cls(replay_id, after, ids, all_of(found), rows, nodes)


def _write(done: _Done, at: datetime, seconds: float) -> int:
    with unit_of_work():
        run = _locked(done.replay_id)
        if run is None or run.last_instance_id != done.after:
            return 0
        if not done.ids:
            _end(run, at)
            return 0
        if done.rows:
            db.session.execute(insert(ReplayedCase), done.rows)
        if done.nodes:
            db.session.execute(insert(ReplayedNode), done.nodes)
        run.tally = Tally.from_json(run.tally).plus(done.tally).as_json()
        run.last_instance_id, run.seconds = done.ids[-1], run.seconds + seconds
        run.done = min(run.total, run.done + len(done.ids))
    return len(done.ids)


def _locked(replay_id: int) -> Replay | None:
    """The replay, if it still runs and no other worker writes it just now."""
    running = Replay.id == replay_id, Replay.state == ReplayState.running.value
    chosen = select(Replay).where(*running).with_for_update(skip_locked=True)
    return db.session.scalar(chosen.execution_options(populate_existing=True))


def _end(run: Replay, at: datetime) -> None:
    run.state, run.ended_at, run.total = ReplayState.done.value, at, run.done
    old = select(Replay.id).where(Replay.key == run.key).order_by(Replay.id.desc()).offset(KEPT)
    for replay_id in list(db.session.scalars(old)):
        for table in (ReplayedNode, ReplayedCase):
            db.session.execute(delete(table).where(table.replay_id == replay_id))
    detail = {"replay": run.id, "cases": run.done}
    recording.record("process.replayed", by=SYSTEM, at=at, object_kind="process", object_id=run.key, detail=detail)


def _row(replay_id: int, each: Replayed) -> dict[str, object]:
    record, is_told = each.record, each.went != Went.not_replayed
    return {
        "replay_id": replay_id, "instance_id": record.instance_id, "case_id": record.case.id, "went": each.went.value,
        "reason": list(each.reason) if each.reason else [], "end_before": record.end, "end_after": each.end,
        "later_seconds": round(each.later.total_seconds()), "late_before": each.late_before,
        "late_after": each.late_after, "is_newly_late": is_told and is_newly_late(each),
        "is_relieved": is_told and is_relieved(each), "is_later": is_told and is_later(each),
    }  # fmt: skip


def _nodes(replay_id: int, each: Replayed) -> list[dict[str, object]]:
    key = {"replay_id": replay_id, "instance_id": each.record.instance_id}
    return [
        key | {"node": node, "before": waited.before, "after": waited.after,
               "waited_before": round(waited.waited_before), "waited_after": round(waited.waited_after)}
        for node, waited in each.nodes.items()
    ]  # fmt: skip
