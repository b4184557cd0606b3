"""Many incidents tried again: begun with a reason, done by workers one by one, each in a transaction of its own.

Whatever goes wrong with one stops none of the others. After a death the next worker goes on with what still waits; two
workers never have the same one; and what somebody settles meanwhile is left as it is.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import OperationalError

from engine.access.actors import SYSTEM
from engine.audit import recording
from engine.deadlines import holding
from engine.kit.db import db, unit_of_work
from engine.kit.errors import CityLoopError, Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer
from engine.organization.models import User
from engine.process import incidents
from engine.process.models import Incident, ProcessInstance
from engine.studio import mending
from engine.studio.errors import NoSuchRetry, RetryEnded
from engine.studio.retry_models import RetriedIncident, RetriedState, Retry, RetryState

log = logging.getLogger(__name__)

MOST = 10_000
"""Incidents of one run."""
LISTED = 200
DOUBLE_CLICK = timedelta(minutes=1)
"""Within this time the same incidents, chosen by the same person, are the same run."""
_BROKEN = N_("It could not be tried again; the program's log says why.")


def begin(incident_ids: Collection[int], *, reason: str, by: Doer, at: datetime) -> Retry:
    """Let the workers try these again. Whoever sends the same twice gets the same run.

    Raises Invalid beside ``reason``, or where no incident was chosen.
    """
    reason, wanted = mending.checked(reason), sorted(set(incident_ids))[:MOST]
    if not wanted:
        raise Invalid.field("", N_("Please tick at least one incident."))
    # The second of two who send the same at once waits here, and then finds what the first has begun.
    db.session.execute(select(Incident.id).where(Incident.id.in_(wanted)).order_by(Incident.id).with_for_update())
    same = _just_begun(wanted, by, at)
    if same is not None:
        return same
    run = Retry(reason=reason, state=RetryState.running.value, total=len(wanted), started_at=at, by_id=by.id,
                by_name=by.name)  # fmt: skip
    db.session.add(run)
    db.session.flush()
    rows = [{"retry_id": run.id, "incident_id": key, "state": RetriedState.waiting.value} for key in wanted]
    db.session.execute(insert(RetriedIncident), rows)
    recording.record("incident.retries_begun", by=by, at=at, object_kind="incident_retry", object_id=run.id,
                     detail={"incidents": run.total, "reason": reason})  # fmt: skip
    return run


def cancel(retry_id: int, *, by: Doer, at: datetime) -> Retry:
    """Leave the rest as it is. Raises NoSuchRetry, RetryEnded."""
    run = db.session.get(Retry, retry_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise NoSuchRetry
    if run.state != RetryState.running:
        raise RetryEnded
    run.state, run.ended_at = RetryState.cancelled.value, at
    recording.record("incident.retries_cancelled", by=by, at=at, object_kind="incident_retry", object_id=run.id)
    return run


def get(retry_id: int) -> Retry:
    """One run. Raises NoSuchRetry."""
    run = db.session.get(Retry, retry_id)
    if run is None:
        raise NoSuchRetry
    return run


def counts(run: Retry) -> Counter[str]:
    """How many of its incidents are in each state."""
    state = RetriedIncident.state
    rows = db.session.execute(select(state, func.count()).where(RetriedIncident.retry_id == run.id).group_by(state))
    return Counter(dict(rows.tuples().all()))


def of(run: Retry) -> Sequence[RetriedIncident]:
    """What became of its incidents; those that were refused first, at most LISTED."""
    refused_first = RetriedIncident.state != RetriedState.refused.value
    chosen = select(RetriedIncident).where(RetriedIncident.retry_id == run.id)
    return db.session.scalars(chosen.order_by(refused_first, RetriedIncident.incident_id).limit(LISTED)).all()


def advance(at: datetime, *, seconds: float, going_on: Callable[[], bool] = lambda: True) -> int:
    """Do what fits into some seconds of every run; how many incidents were looked at.

    Cases that an act holds just now are passed over: the next call looks at them again. The caller must not be inside
    a transaction.
    """
    until, looked = time.monotonic() + seconds, 0
    for retry_id in _running():
        for incident_id in _waiting(retry_id):
            looked += _try(retry_id, incident_id, at)
            # Asked afterwards: on a machine that is slow just now every call still does one.
            if not going_on() or time.monotonic() >= until:
                return looked
        _end(retry_id, at)
    return looked


def _just_begun(wanted: Sequence[int], by: Doer, at: datetime) -> Retry | None:
    newest = db.session.scalar(select(Retry).where(Retry.by_id == by.id).order_by(Retry.id.desc()).limit(1))
    if newest is None or newest.total != len(wanted) or at - newest.started_at > DOUBLE_CLICK:
        return None
    chosen = select(RetriedIncident.incident_id).where(RetriedIncident.retry_id == newest.id)
    return newest if sorted(db.session.scalars(chosen)) == list(wanted) else None


def _running() -> Sequence[int]:
    running = Retry.state == RetryState.running.value
    found = db.session.scalars(select(Retry.id).where(running).order_by(Retry.id)).all()
    db.session.rollback()
    return found


def _of(retry_id: int, *more: Any) -> Any:
    waits = RetriedIncident.state == RetriedState.waiting.value
    return select(RetriedIncident).where(RetriedIncident.retry_id == retry_id, waits, *more)


def _waiting(retry_id: int) -> Sequence[int]:
    chosen = _of(retry_id).with_only_columns(RetriedIncident.incident_id).order_by(RetriedIncident.incident_id)
    found: Sequence[int] = db.session.scalars(chosen).all()
    db.session.rollback()
    return found


def _try(retry_id: int, incident_id: int, at: datetime) -> bool:
    """Whether it was this worker's turn with this incident, and nobody held its case."""
    try:
        with unit_of_work():
            run = db.session.get_one(Retry, retry_id, populate_existing=True)
            mine = _of(retry_id, RetriedIncident.incident_id == incident_id).with_for_update(skip_locked=True)
            row = db.session.scalar(mine.execution_options(populate_existing=True))
            if row is None or run.state != RetryState.running or _is_held(incident_id):
                return False
            row.refusal = _refusal(run, incident_id, at)
            row.state = (RetriedState.refused if row.refusal else RetriedState.retried).value
        return True
    except OperationalError as error:
        if error.connection_invalidated:
            raise  # The database is away: the next call tries again from here.
        log.warning("incident %s is held by somebody for long", incident_id)
        return False
    finally:
        db.session.expunge_all()


def _is_held(incident_id: int) -> bool:
    """Lock its case before the incident, as every act does; whether an act has it just now."""
    columns = (ProcessInstance.subject_kind, ProcessInstance.subject_id)
    joined = select(*columns).join(Incident, Incident.instance_id == ProcessInstance.id)
    subject = db.session.execute(joined.where(Incident.id == incident_id)).one_or_none()
    return subject is not None and bool(holding.hold(subject[0], {subject[1]}).busy)


def _refusal(run: Retry, incident_id: int, at: datetime) -> list[Any]:
    """Try it again; else why not."""
    by: Doer = (db.session.get(User, run.by_id) if run.by_id else None) or SYSTEM
    try:
        with db.session.begin_nested():
            mending.retry(incident_id, reason=run.reason, by=by, at=at)
    except CityLoopError as refusal:
        return [refusal.message_id, {name: str(value) for name, value in refusal.params.items()}]
    except OperationalError:
        raise
    except Exception as error:
        log.exception("incident %s could not be tried again: %s", incident_id, incidents.sentence(error))
        return [_BROKEN, {}]
    return []


def _end(retry_id: int, at: datetime) -> None:
    with unit_of_work():
        run = db.session.get(Retry, retry_id, with_for_update=True, populate_existing=True)
        if run is not None and run.state == RetryState.running and not counts(run)[RetriedState.waiting]:
            run.state, run.ended_at = RetryState.done.value, at
