"""Workers advance recalculations: a slice is one transaction, together with the progress that it makes.

The row of the recalculation is locked while a slice is done. A lock ends with its holder's life: whoever comes next
goes on after the last slice that was committed. No lease can outlive a worker, or a machine's clock that is set back.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engine.access.actors import SYSTEM
from engine.audit import recording
from engine.calendars.models import Calendar
from engine.calendars.plans import Plan
from engine.calendars.working_time import WorkingCalendar
from engine.deadlines import reckoning
from engine.deadlines.effects import Tally
from engine.deadlines.models import Clock, Recalculation
from engine.deadlines.recalculation import RunState
from engine.deadlines.reckoning import Key, Outcome
from engine.kit.db import db, unit_of_work

log = logging.getLogger(__name__)

PREVIEW_SLICE = 250
AHEAD = 1000
"""Clocks that are looked for at once; the slices follow one another from there."""

Work = Callable[[Sequence[Key]], Outcome]


def advance(at: datetime, *, seconds: float, going_on: Callable[[], bool] = lambda: True) -> int:
    """Do what fits into some seconds of every recalculation that runs; how many clocks were looked at.

    The caller must not be inside a transaction.
    """
    until, done = time.monotonic() + seconds, 0

    def is_time() -> bool:
        return going_on() and time.monotonic() < until

    for run_id in _running():
        while is_time() and (looked := _stretch(run_id, at, is_time)):
            done += looked
    return done


def _running() -> list[int]:
    running = Recalculation.state == RunState.running.value
    found = list(db.session.scalars(select(Recalculation.id).where(running).order_by(Recalculation.id)))
    db.session.rollback()
    return found


def _stretch(run_id: int, at: datetime, is_time: Callable[[], bool]) -> int:
    """The next slices of a recalculation. Where no clock is left, its round is over."""
    looked = 0
    is_preview, keys = _ahead(run_id, at)
    for chunk in _cut(keys, PREVIEW_SLICE if is_preview else reckoning.SLICE):
        done = _slice(run_id, chunk, at)
        looked += done
        # Asked afterwards: on a machine that is slow just now every call still does one slice.
        if not done or not is_time():
            break
    return looked


def _ahead(run_id: int, at: datetime) -> tuple[bool, list[Key]]:
    with unit_of_work():
        run = _locked(run_id)
        if run is None:
            return False, []
        calendar = db.session.get_one(Calendar, run.calendar_id)
        keys = _next(run, calendar)
        if not keys:
            _end_round(run, at)
        return run.is_preview, keys


def _locked(run_id: int) -> Recalculation | None:
    """The recalculation, if it still runs and no other worker is at it."""
    running = Recalculation.id == run_id, Recalculation.state == RunState.running.value
    chosen = select(Recalculation).where(*running).with_for_update(skip_locked=True)
    return db.session.scalar(chosen.execution_options(populate_existing=True))


def _next(run: Recalculation, calendar: Calendar) -> list[Key]:
    if not run.is_preview:
        return reckoning.old_keys(calendar, after=run.last_clock_id, most=AHEAD, leave_out=run.failed)
    chosen = select(Clock.id, Clock.subject_kind, Clock.subject_id).where(
        *reckoning.concerned(calendar), Clock.id > run.last_clock_id
    )
    return [Key(*row) for row in db.session.execute(chosen.order_by(Clock.id).limit(AHEAD))]


def _end_round(run: Recalculation, at: datetime) -> None:
    """Clocks that were busy are looked at in another round; without such, all is done."""
    if run.waiting:
        run.waiting, run.last_clock_id = 0, 0
        return
    run.state, run.ended_at = RunState.done.value, at
    if not run.is_preview:
        told = Tally.from_json(run.tally)
        detail = {"version": run.version, "looked": run.done, "earlier": told.earlier, "later": told.later}
        recording.record("calendar.recalculated", by=SYSTEM, at=at, object_kind="calendar",
                         object_id=run.calendar_id, detail=detail)  # fmt: skip


def _slice(run_id: int, keys: Sequence[Key], at: datetime) -> int:
    """One slice in a transaction of its own; if something is wrong with a clock in it, each clock alone."""
    try:
        return _done(run_id, keys, at)
    except OperationalError:
        raise  # The database is away, or somebody holds a row for long: the next call tries again from here.
    except Exception:
        if len(keys) == 1:
            log.exception("clock %s could not be reckoned", keys[0].id)
            return _pass_over(run_id, keys[0])
        return sum(_slice(run_id, [key], at) for key in keys)
    finally:
        db.session.expunge_all()


def _done(run_id: int, keys: Sequence[Key], at: datetime) -> int:
    with unit_of_work():
        run = _locked(run_id)
        if run is None or run.last_clock_id >= keys[0].id:
            return 0  # cancelled meanwhile, or another worker was here
        calendar = db.session.get_one(Calendar, run.calendar_id)
        outcome = _preview(run, calendar, keys, at) if run.is_preview else reckoning.reckon(keys, calendar, at)
        tally = Tally.from_json(run.tally)
        for moved in outcome.moved:
            tally.add(moved, at)
        tally.kept += outcome.kept
        run.tally = tally.as_json()
        run.waiting += len(outcome.busy)
        run.done += len(keys) - len(outcome.busy)
        run.last_clock_id = keys[-1].id
        return len(keys)


def _preview(run: Recalculation, calendar: Calendar, keys: Sequence[Key], at: datetime) -> Outcome:
    drawn = orjson.dumps([run.content, calendar.time_zone, calendar.fixed_holidays], option=orjson.OPT_SORT_KEYS)
    return reckoning.suppose([key.id for key in keys], _supposed(drawn), at)


@lru_cache(maxsize=2)
def _supposed(drawn: bytes) -> WorkingCalendar:
    """The calendar of a draft, which takes some tenths of a second to build."""
    content, time_zone, fixed_holidays = orjson.loads(drawn)
    return Plan.from_json(content).working(ZoneInfo(time_zone), fixed_holidays, id=0, version=0)


def _pass_over(run_id: int, key: Key) -> int:
    with unit_of_work():
        run = _locked(run_id)
        if run is None:
            return 0
        run.failed, run.last_clock_id, run.done = [*run.failed, key.id], key.id, run.done + 1
        return 1


def leftovers(calendar: Calendar, at: datetime) -> Iterator[int]:
    """Reckon, slice after slice, what no recalculation has in hand: what failed there, or was begun with an old copy.

    Gives the number of clocks of each slice. The caller must not be inside a transaction.
    """
    after, calendar_id = 0, calendar.id
    while keys := _old(calendar_id, after):
        for chunk in _cut(keys, reckoning.SLICE):
            yield _leftover(calendar_id, chunk, at)
        after = keys[-1].id


def _old(calendar_id: int, after: int) -> list[Key]:
    found = reckoning.old_keys(db.session.get_one(Calendar, calendar_id), after=after, most=AHEAD)
    db.session.rollback()
    return found


def _leftover(calendar_id: int, keys: Sequence[Key], at: datetime) -> int:
    try:
        with unit_of_work():
            reckoning.reckon(keys, db.session.get_one(Calendar, calendar_id), at)
            return len(keys)
    except OperationalError:
        raise
    except Exception:
        if len(keys) == 1:
            log.exception("clock %s could not be reckoned", keys[0].id)
            return 0
        return sum(_leftover(calendar_id, [key], at) for key in keys)
    finally:
        db.session.expunge_all()


def _cut(keys: Sequence[Key], size: int) -> Iterator[Sequence[Key]]:
    return (keys[first : first + size] for first in range(0, len(keys), size))
