"""Replays: begun, cancelled and taken up again by administrators; done by workers, slice by slice (``replay_slices``).

The cases of some weeks are run through a draft or version in memory. Nothing is written to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.exc import IntegrityError

from engine.audit import recording
from engine.cases.models import Case
from engine.cases.stages import KIND
from engine.kit.db import db
from engine.kit.errors import CityLoopError, FieldError, Invalid, NotFound
from engine.kit.i18n import N_
from engine.kit.signals import Doer
from engine.process import definitions, instances
from engine.process.instances import DEFINITION, INSTANCE
from engine.process.models import ProcessDefinition
from engine.studio.errors import DrawingDoesNotRun, NoSuchDraft, NoSuchReplay, ReplayEnded, ReplayRunning
from engine.studio.models import StudioDraft
from engine.studio.recorded import drawing_of
from engine.studio.replay_models import Replay, ReplayedCase, ReplayedNode, ReplayState, Went
from engine.studio.replay_target import Target

MOST_CASES = 10_000
LONGEST = timedelta(days=400)


@dataclass(frozen=True)
class Wanted:
    """Which cases: those whose process began from ``from_at`` on and before ``until_at``, of a category or of all."""

    from_at: datetime
    until_at: datetime
    category_id: int | None = None


@dataclass(frozen=True)
class Line:
    """A replayed case with its number, and, where one step was asked for, what happened there."""

    replayed: ReplayedCase
    number: str
    node: ReplayedNode | None = None


def of_draft(draft_id: int, wanted: Wanted, *, by: Doer, at: datetime) -> Replay:
    """Replay cases through a draft as it stands. Raises NoSuchDraft and what ``_begin`` raises."""
    draft = db.session.get(StudioDraft, draft_id)
    if draft is None:
        raise NoSuchDraft
    run = Replay(key=draft.key, draft_id=draft.id, draft_revision=draft.revision, name=draft.name, xml=draft.xml)
    return _begin(run, wanted, by, at)


def of_version(definition_id: int, wanted: Wanted, *, by: Doer, at: datetime) -> Replay:
    """Replay cases through a version. Raises NotFound and what ``_begin`` raises."""
    version = db.session.get(ProcessDefinition, definition_id)
    if version is None:
        raise NotFound
    run = Replay(key=version.key, definition_id=version.id, name=version.name, xml=version.xml)
    return _begin(run, wanted, by, at)


def count(key: str, wanted: Wanted) -> int:
    """How many runs of cases there are to replay."""
    return db.session.scalar(_those(key, wanted, func.count())) or 0


def cancel(replay_id: int, *, by: Doer, at: datetime) -> Replay:
    """Leave the rest; what was replayed can be looked at. Raises NoSuchReplay, ReplayEnded."""
    run = _locked(replay_id)
    if run.state != ReplayState.running:
        raise ReplayEnded
    run.state, run.ended_at = ReplayState.cancelled.value, at
    _record("process.replay_cancelled", run, by, at)
    return run


def go_on(replay_id: int, *, by: Doer, at: datetime) -> Replay:
    """Take a cancelled replay up where it stopped. Raises NoSuchReplay, ReplayEnded, ReplayRunning."""
    run = _locked(replay_id)
    if run.state != ReplayState.cancelled:
        raise ReplayEnded
    run.state, run.ended_at = ReplayState.running.value, None
    _flush_alone()
    _record("process.replay_continued", run, by, at)
    return run


def get(replay_id: int) -> Replay:
    """One replay. Raises NoSuchReplay."""
    run = db.session.get(Replay, replay_id)
    if run is None:
        raise NoSuchReplay
    return run


def of(key: str, *, most: int = 10) -> list[Replay]:
    """The replays of a process, the newest first."""
    return list(db.session.scalars(select(Replay).where(Replay.key == key).order_by(Replay.id.desc()).limit(most)))


def cases(
    run: Replay, which: str, *, node: str = "", limit: str = "", page: int = 1, size: int = 50
) -> tuple[list[Line], int]:
    """The cases behind a number, and how many there are.

    ``which``: same, otherwise, failed, late, relieved, later; before, after, more, fewer for what came to ``node``; or
    before, after for those in which the time ``limit`` of this name ran out, or would. Raises NotFound.
    """
    chosen = _out_of_time(run, which, limit) if limit else _behind(run, which, node)
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    rows = db.session.execute(chosen.limit(size).offset((page - 1) * size)).all()
    return [Line(row[0], row[1], row[2] if node else None) for row in rows], total


def old_names(run: Replay) -> dict[str, str]:
    """Names of the nodes in the version in force: what the other drawing has dropped is called by them."""
    active = definitions.active(run.key)
    if active is None:
        return {}
    return drawing_of(active.digest, instances.source_of(active.id)).names


def _cases_of(run: Replay) -> Any:
    return (
        select(ReplayedCase, Case.number)
        .join(Case, Case.id == ReplayedCase.case_id)
        .where(ReplayedCase.replay_id == run.id)
        .order_by(ReplayedCase.later_seconds.desc(), ReplayedCase.instance_id)
    )


def _out_of_time(run: Replay, which: str, limit: str) -> Any:
    names = {"before": ReplayedCase.late_before, "after": ReplayedCase.late_after}.get(which)
    if names is None:
        raise NotFound
    # Names are kept as a JSON list: each stands between quotation marks.
    ran_out = cast(names, Text).contains(f'"{limit}"', autoescape=True)
    return _cases_of(run).where(ran_out, ReplayedCase.went != Went.not_replayed)


def _behind(run: Replay, which: str, node: str) -> Any:
    chosen = _cases_of(run)
    if node:
        mine = (ReplayedNode.replay_id == ReplayedCase.replay_id) & (
            ReplayedNode.instance_id == ReplayedCase.instance_id
        )
        of_node = {
            "before": ReplayedNode.before > 0,
            "after": ReplayedNode.after > 0,
            "more": ReplayedNode.after > ReplayedNode.before,
            "fewer": ReplayedNode.after < ReplayedNode.before,
        }
        if which not in of_node:
            raise NotFound
        with_node = chosen.add_columns(ReplayedNode).join(ReplayedNode, mine)
        return with_node.where(ReplayedNode.node == node, of_node[which])
    flags = {"late": ReplayedCase.is_newly_late, "relieved": ReplayedCase.is_relieved, "later": ReplayedCase.is_later}
    if which in flags:
        return chosen.where(flags[which].is_(True))
    if which not in set(Went):
        raise NotFound
    return chosen.where(ReplayedCase.went == which)


def _begin(run: Replay, wanted: Wanted, by: Doer, at: datetime) -> Replay:
    """Raises Invalid (``from``, ``until``), DrawingDoesNotRun, ReplayRunning."""
    _check(wanted)
    try:
        Target.of(run.xml)
    except CityLoopError as error:
        raise DrawingDoesNotRun from error
    ids = _chosen(run.key, wanted)
    if not ids:
        raise Invalid.field("from", N_("No case of this process began in this time."))
    run.digest = sha256(run.xml.encode()).hexdigest()
    run.from_at, run.until_at, run.category_id = wanted.from_at, wanted.until_at, wanted.category_id
    run.state, run.asked_at, run.by_id, run.by_name = ReplayState.running.value, at, by.id, by.name
    run.total, run.is_capped = len(ids[:MOST_CASES]), len(ids) > MOST_CASES
    run.last_instance_id = ids[:MOST_CASES][-1] - 1
    run.typical, run.tally = {}, {}
    db.session.add(run)
    _flush_alone()
    _record("process.replay_begun", run, by, at)
    return run


def _check(wanted: Wanted) -> None:
    wrong: dict[str, list[FieldError]] = {}
    if wanted.until_at <= wanted.from_at:
        wrong["until"] = [FieldError(N_("The end must lie after the beginning."))]
    elif wanted.until_at - wanted.from_at > LONGEST:
        wrong["until"] = [FieldError(N_("Please choose a year at most."))]
    if wrong:
        raise Invalid(wrong)


def _chosen(key: str, wanted: Wanted) -> Sequence[int]:
    """The latest of them, as many as may be replayed and one more."""
    chosen = _those(key, wanted, INSTANCE.c.id).order_by(INSTANCE.c.id.desc()).limit(MOST_CASES + 1)
    return list(db.session.scalars(chosen))


def instances_of(run: Replay, *, after: int, most: int) -> Sequence[int]:
    """The next of the instances that a replay is about."""
    wanted = Wanted(run.from_at, run.until_at, run.category_id)
    chosen = _those(run.key, wanted, INSTANCE.c.id).where(INSTANCE.c.id > after, INSTANCE.c.started_at <= run.asked_at)
    return list(db.session.scalars(chosen.order_by(INSTANCE.c.id).limit(most)))


def _those(key: str, wanted: Wanted, what: object) -> Select[tuple[int]]:
    chosen = (
        select(what)  # type: ignore[call-overload]
        .select_from(INSTANCE)
        .join(DEFINITION, DEFINITION.c.id == INSTANCE.c.definition_id)
        .join(Case, Case.id == INSTANCE.c.subject_id)
        .where(
            DEFINITION.c.key == key,
            INSTANCE.c.subject_kind == KIND,
            INSTANCE.c.started_at >= wanted.from_at,
            INSTANCE.c.started_at < wanted.until_at,
        )
    )
    return chosen.where(Case.category_id == wanted.category_id) if wanted.category_id else chosen  # type: ignore[no-any-return]


def _locked(replay_id: int) -> Replay:
    run = db.session.get(Replay, replay_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise NoSuchReplay
    return run


def _flush_alone() -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        raise ReplayRunning from error


def _record(action: str, run: Replay, by: Doer, at: datetime) -> None:
    detail = {"replay": run.id, "draft": run.draft_id, "version": run.definition_id, "cases": run.total}
    recording.record(action, by=by, at=at, object_kind="process", object_id=run.key, detail=detail)
