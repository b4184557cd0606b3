"""What a move of the drawing means for its case: its stage, its clocks, and who gets the next step.

The process room calls this follower in the transaction of every move, whoever made it: a person, a timer, a worker.
"""

from collections.abc import Collection, Container, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import exists, select

from engine.access import actors
from engine.access.actors import SYSTEM, Actor
from engine.access.models import Role
from engine.access.permissions import Scope
from engine.cases import adjusting, deciders, limits, routing, step_departments, timeline
from engine.cases.models import Case, Involvement, Stage
from engine.deadlines import clocks
from engine.deadlines.models import Clock
from engine.kit.db import db
from engine.kit.remembering import Remembered
from engine.kit.signals import Doer, signals
from engine.organization.models import Post, User
from engine.process.subjects import Move, Placement, Step

KIND = "case"
HANDLING = "handling"
REWORK = "rework"
ESCALATION = "confirmation_escalation"
PAUSED_BY = {"acceptance": "confirmation", "dispatching": "arbitration"}
"""The centre's time that does not run while somebody else looks: a collector out to confirm, a joint inspection of an
unclear case (process.md §5.1). Whoever asked goes on with what was left, if the drawing comes back to him."""

given = signals.signal("step-given")
"""Sent with the case, ``step``, ``placement``, ``by_id`` and ``at``: somebody has something to do now."""
taken_away = signals.signal("step-taken-away")
"""Sent with the case, ``step``, ``user_id``, ``by_id`` and ``at``: somebody had something to do and has it no more."""
ended = signals.signal("case-ended")
"""Sent with the case and ``at`` when it ends, whichever way; its stage says which."""

# The clocks of a case that this transaction has just read: ``place`` and ``timer_due`` come right after ``follow``.
_open: WeakKeyDictionary[Case, dict[str, Clock]] = WeakKeyDictionary()
_acting: ContextVar[Doer | None] = ContextVar("acting", default=None)
_stopping: ContextVar[tuple[str, ...]] = ContextVar("stopping", default=())
_known: ContextVar[dict[str, Clock] | None] = ContextVar("known", default=None)


@contextmanager
def acting(by: Doer, *, stopping: tuple[str, ...] = (), known: dict[str, Clock] | None = None) -> Iterator[None]:
    """Whoever makes the moves in here is known: his name need not be read again to be written beside them.

    ``stopping`` names clocks of the department that his act stops, together with those of the step that it closes.
    ``known`` are the case's open clocks, where the act has just read them for a move beside the case's own drawing.
    """
    tokens = _acting.set(by), _stopping.set(stopping), _known.set(known)
    try:
        yield
    finally:
        _acting.reset(tokens[0])
        _stopping.reset(tokens[1])
        _known.reset(tokens[2])


class CaseFollower:
    """Keeps a case in step with its drawing."""

    def hold(self, subject_id: int) -> None:
        """Lock the case before its instance, in the same order as every act does."""
        case = db.session.scalars(select(Case).where(Case.id == subject_id).with_for_update()).one()
        _open.pop(case, None)

    def facts_of(self, subject_id: int) -> Mapping[str, str | bool]:
        """What the case says of itself, for instances that began before it was recorded in them."""
        return routing.of_case(_case(subject_id))

    def follow(self, move: Move) -> None:
        """Write the stage, stop the clocks of the steps that closed, start those of the steps that opened.

        What runs beside the case's own drawing is about an adjustment, and writes no stage.
        """
        case, by = _case(move.subject_id), _doer(move.by_id)
        if case.instance_id is not None and case.instance_id != move.instance_id:
            _follow_beside(case, move, by)
            return
        before, ran = case.stage, case.ended_at is None
        _write_stage(case, move)
        known = clocks.open_clocks(KIND, case.id)
        asks = adjusting.CLOCK in known
        self._change_clocks(case, move, by, known)
        if ran and case.ended_at is not None:
            ended.send(case, at=move.at)
        if before == Stage.closed != case.stage:
            # It will be judged anew, by what happens from here on.
            case.late_excused_at = None
        # A request that waits for somebody has the clock of its review: without one there is nothing to look for.
        if asks and before in {Stage.handling, Stage.closed} and case.stage != before:
            adjusting.withdraw_pending(case, at=move.at)

    def _change_clocks(self, case: Case, move: Move, by: Doer, known: dict[str, Clock]) -> None:
        if case.stage in Stage.ended() and move.ended:
            # An appeal against what was judged may still be under way.
            clocks.change(KIND, case.id, at=move.at, by=by, stop=known.keys() - {adjusting.CLOCK}, known=known)
            _open.pop(case, None)
            return
        changes = clock_changes(move, known)
        stopped = [*changes.stop, *_stopping.get()]
        started = [
            clocks.Start(name, limit) for name in changes.start if (limit := limits.step_limit(case, name)) is not None
        ]
        _open[case] = clocks.change(
            KIND,
            case.id,
            at=move.at,
            by=by,
            stop=stopped,
            start=started,
            pause=changes.pause,
            resume=changes.resume,
            known=known,
        )
        if HANDLING in known and HANDLING in stopped:
            copy_clock(case, known[HANDLING])

    def place(self, subject_id: int, step: Step, facts: Mapping[str, Any], at: datetime) -> Placement:  # noqa: ARG002
        """Offer a step to its lane: the centre's role, the department that has the case or that the drawing asks for,
        the collectors of its grid."""
        case, by = _case(subject_id), _acting.get()
        placement = self._placement(case, step, at)
        given.send(case, step=step, placement=placement, by_id=by.id if by else None, at=at)
        return placement

    def _placement(self, case: Case, step: Step, at: datetime) -> Placement:
        due_at, amber_at = _due(case, step)
        if step.act == HANDLING and case.handler_id is not None:
            return Placement(assignee_id=case.handler_id, due_at=due_at, amber_at=amber_at)
        return Placement(group=_asked(case, step, at), due_at=due_at, amber_at=amber_at)

    def timer_due(self, subject_id: int, clock: str, at: datetime) -> datetime | None:  # noqa: ARG002
        """The due moment of one of the case's clocks; timers of the drawing take theirs from here."""
        case = _case(subject_id)
        if clock == HANDLING:
            # Nobody is judged late by a provisional due: the timer sleeps until the year is published.
            return case.due_at if case.clock_state == "running" and not case.due_is_provisional else None
        if clock == ESCALATION:
            row = _running(case, "confirmation")
            return limits.escalation_due(row.due_at, row.started_at) if row else None
        row = _running(case, clock)
        return row.due_at if row else None


def _follow_beside(case: Case, move: Move, by: Doer) -> None:
    timeline.represent(case.id, by, move.instance_id)
    known = _known.get()
    if known is None:
        known = clocks.open_clocks(KIND, case.id)
    opened, closed = _clocks_of(move)
    stopped = [name for name in closed if name != REWORK]
    started = [
        clocks.Start(name, limit)
        for name in opened
        if (name not in known or name in stopped) and (limit := limits.step_limit(case, name)) is not None
    ]
    beside = adjusting.Beside(case, by, move.at, known, stopped, started)
    adjusting.follow(move, beside)
    remember(case, beside.settled())
    # Last, so that one UPDATE carries all that has changed.
    case.updated_at = move.at


@dataclass(frozen=True)
class ClockChanges:
    """Names of clocks that a move stops, pauses, resumes, and starts where they have a limit."""

    stop: list[str]
    start: list[str]
    pause: list[str]
    resume: list[str]


def clock_changes(move: Move, known: Container[str]) -> ClockChanges:
    """What a move of a case's own drawing does to its clocks, of which those ``known`` are open. Pure."""
    opened, closed = _clocks_of(move)
    paused = [name for name in closed if PAUSED_BY.get(name) in opened]
    resumed = [name for name in opened if name in known and name not in closed]
    left = [name for name, step in PAUSED_BY.items() if step in closed and name not in opened]
    return ClockChanges(
        stop=[name for name in closed if name not in paused] + left,
        start=[name for name in opened if name not in resumed],
        pause=paused,
        resume=resumed,
    )


def _clocks_of(move: Move) -> tuple[list[str], list[str]]:
    """The clocks of the steps that opened and of those that closed, each once; handling has its own course.

    Steps at the same time may share one: it runs until the last of them is done.
    """
    opened, closed, waiting = (
        {name: None for step in steps if (name := clock_of(step)) and name != HANDLING}
        for steps in (move.opened, move.closed, move.waiting)
    )
    return list(opened), [name for name in closed if name not in waiting]


def clock_of(step: Step) -> str | None:
    """The clock of a step, as it is drawn. Reviews of requests have theirs, drawn or not: by it a request is found."""
    return adjusting.CLOCK if step.act in adjusting.REVIEWS else step.clock


def remember(case: Case, open_clocks: dict[str, Clock]) -> None:
    """These are the clocks of the case now: whoever asks in this transaction need not read them again."""
    _open[case] = open_clocks


def copy_clock(case: Case, clock: Clock) -> None:
    """Bring the case's copies of its handling clock up to date: lists and statistics read them."""
    case.due_at, case.first_due_at, case.amber_at = clock.due_at, clock.first_due_at, clock.amber_at
    case.clock_state, case.due_is_provisional = clock.state, clock.is_provisional


def clear_clock(case: Case) -> None:
    """No department has the case: there is no moment by which anybody is to be done with it."""
    case.due_at = case.first_due_at = case.amber_at = None
    case.clock_state, case.due_is_provisional = "none", False


def _write_stage(case: Case, move: Move) -> None:
    # The timeline's entry says the same a little later: one UPDATE carries both.
    case.updated_at = move.at
    stage = next((step.stage for step in reversed(move.opened) if step.stage), None)
    stage = move.end_properties.get("stage") or stage
    # While a case is suspended, only its end or the suspension's takes it out of that.
    if stage and (case.stage != Stage.suspended or stage in Stage.ended()):
        case.stage = stage
    if move.end_properties.get("result") and case.result is None:
        case.result = move.end_properties["result"]
    # A drawing may ask for more once the act of closure is done: until then the case is not counted as closed.
    case.closed_at = (case.closed_at or move.at) if case.stage == Stage.closed else None
    if case.stage in Stage.ended():
        case.ended_at = case.ended_at or move.at


def _case(case_id: int) -> Case:
    found = db.session.get(Case, case_id)
    if found is None:
        raise LookupError(f"case {case_id} is gone")
    return found


def _doer(user_id: int | None) -> Doer:
    known = _acting.get()
    if known is not None and known.id == user_id:
        return known
    return (db.session.get(User, user_id) if user_id is not None else None) or SYSTEM


def _running(case: Case, name: str) -> Clock | None:
    if case not in _open:
        _open[case] = clocks.open_clocks(KIND, case.id)
    clock = _open[case].get(name)
    return clock if clock is not None and clock.state == "running" else None


def _due(case: Case, step: Step) -> tuple[datetime | None, datetime | None]:
    """Due and amber moment of a step: its own clock's, else, while a department has the case, the handling clock's."""
    if (name := clock_of(step)) and (clock := _running(case, name)):
        return clock.due_at, clock.amber_at
    if case.rework_count and (clock := _running(case, REWORK)):
        return clock.due_at, clock.amber_at
    return (case.due_at, case.amber_at) if case.clock_state == "running" else (None, None)


def _asked(case: Case, step: Step, at: datetime) -> str | None:
    """The group that a step is offered to; what decides on a request, and what is drawn so, never waits for nobody."""
    if step.lane is None or scope_of(step.lane) != Scope.department:
        return group_of(case, step.lane)
    decides = step.clock == adjusting.CLOCK
    if not decides and step_departments.PROPERTY not in step.properties:
        return group_of(case, step.lane)
    department = step_departments.drawn(case, step, at)
    return deciders.of(case, step.lane, _askers() if decides else (), department=department).group


def _askers() -> Collection[int | None]:
    """Who acts now: of a request that he makes, he is not the one who decides."""
    by = _acting.get()
    return by.ids if isinstance(by, Actor) else [by.id if by else None]


def group_of(case: Case, role: str | None) -> str | None:
    """The group that a role's step of a case is offered to: city-wide, its department's, or the beat's."""
    if role is None:
        return None
    scope = scope_of(role)
    if scope == Scope.department:
        return actors.group(role, department_id=case.department_id)
    if scope == Scope.grid and case.responsibility_grid_id is not None and _has_staff(case, role):
        return actors.group(role, grid_id=case.responsibility_grid_id)
    return role


def scope_of(role: str | None) -> str | None:
    """How far the role of a lane reaches: a lane that no role serves is the whole city's; None without a lane."""
    return _scopes.get("all").get(role, Scope.city) if role is not None else None


def lanes(scope: Scope) -> set[str]:
    """The roles that reach just so far."""
    return {role for role, reach in _scopes.get("all").items() if reach == scope}


def _has_staff(case: Case, role: str) -> bool:
    """Is there somebody in this role on the case's beat who did not handle it? Else the whole city's pool is asked."""
    handled = exists().where(
        Involvement.case_id == case.id, Involvement.user_id == Post.user_id, Involvement.part == "handled"
    )
    question = (
        exists()
        .where(Post.role_id == Role.id, Role.code == role, Post.user_id == User.id, User.is_active)
        .where(Post.responsibility_grid_id == case.responsibility_grid_id, ~handled)
    )
    return bool(db.session.scalar(select(question)))


def _read_scopes(_: str) -> dict[str, str]:
    return dict(db.session.execute(select(Role.code, Role.scope)).tuples().all())


def _version(_: str) -> Hashable:
    """There are few roles, and none says when it was changed: all of them together tell."""
    return frozenset(_read_scopes("all").items())


_scopes: Remembered[str, dict[str, str]] = Remembered(_version, _read_scopes)
