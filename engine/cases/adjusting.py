"""Adjustments: what the moves of their drawings mean for them, and what becomes of them when the case moves on.

An adjustment runs a drawing of its own beside the case's, named after its kind. An end of that drawing says with its
``result`` what was decided: granted or refused. What lasts a while is granted when a step of stage "suspended" opens,
and over at an end whose ``result`` is ended. What granting does, each kind says itself (``register``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, and_, func, select, union_all
from sqlalchemy.orm import aliased

from engine.access.actors import SYSTEM
from engine.cases import timeline
from engine.cases.adjustment_models import Adjustment, AdjustmentKind, AdjustmentState
from engine.cases.errors import NothingPending
from engine.cases.models import Case, Stage
from engine.deadlines import clocks
from engine.deadlines.models import Clock
from engine.kit.db import db
from engine.kit.signals import Doer, signals
from engine.organization.models import User
from engine.process import execution
from engine.process import queries as process
from engine.process.subjects import Move

GRANTED, REFUSED, ENDED = "granted", "refused", "ended"
"""What an end of such a drawing may say in ``cityloop:end result``."""
UNDER_WAY = (AdjustmentState.requested.value, AdjustmentState.granted.value)
CLOCK = "adjustment_review"
"""Within it each of those who are asked decides."""
REVIEWS = frozenset(f"{kind.value}_review" for kind in AdjustmentKind)
"""The steps in which they do."""

requested = signals.signal("adjustment-requested")
"""Sent with the adjustment, ``case`` and ``at``; whoever delivers messages listens. So with the two below."""
decided = signals.signal("adjustment-decided")
ended = signals.signal("adjustment-ended")


@dataclass
class Beside:
    """A move beside the case's own drawing: who, when, the case's open clocks, and those that its steps stop and start.

    All of it is written together with what an effect changes, in the few statements of ``clocks.change``.
    """

    case: Case
    by: Doer
    at: datetime
    known: dict[str, Clock]
    stop: list[str]
    start: list[clocks.Start]
    is_settled: bool = False

    def change(self, **more: Any) -> dict[str, Clock]:
        """Change clocks as ``clocks.change`` does, once; returns those that are open afterwards."""
        started = [*self.start, *more.pop("start", ())]
        given: dict[str, Any] = {"at": self.at, "stop": self.stop, "start": started, "known": self.known} | more
        self.known, self.is_settled = clocks.change("case", self.case.id, by=self.by, **given), True
        return self.known

    def settled(self) -> dict[str, Clock]:
        """The open clocks after the move, whether an effect has changed any or not."""
        return self.known if self.is_settled else self.change()


@dataclass(frozen=True)
class Effects:
    """What a kind does when it is granted and, where it lasts a while, when it ends."""

    grant: Callable[[Adjustment, Beside], None]
    end: Callable[[Adjustment, Beside], None] | None = None


_effects: dict[str, Effects] = {}
# The adjustment that this transaction is at work on, by its case: an act, its check and the move that it makes read it
# once.
_in_hand: WeakKeyDictionary[Case, Adjustment] = WeakKeyDictionary()


def register(kind: AdjustmentKind, effects: Effects) -> None:
    """Say what granting adjustments of ``kind`` does."""
    _effects[kind.value] = effects


def take_in_hand(case: Case, adjustment: Adjustment) -> Adjustment:
    """``adjustment`` is what the next move beside the case is about."""
    _in_hand[case] = adjustment
    return adjustment


def look_into(case: Case, instance_id: int) -> set[int]:
    """Take the request in hand that this instance decides on, with all who had a hand in it: one statement.

    Returns the ids of whoever asked for it, decided on it in an earlier step, or was represented in either.
    """
    hands = union_all(process.moved(instance_id), timeline.taken(case.id, timeline.moved(instance_id))).subquery()
    about = select(hands.c[0], Adjustment).outerjoin(Adjustment, _decided_by(case, instance_id))
    rows = db.session.execute(about).all()
    if rows and rows[0].Adjustment is not None:
        take_in_hand(case, rows[0].Adjustment)
    return {id for id, _ in rows if id is not None}


def in_hand(case: Case, instance_id: int) -> Adjustment | None:
    """The request that this instance decides on, not read again where the act's check has taken it in hand."""
    known = _in_hand.get(case)
    if known is not None and known.instance_id == instance_id:
        return known
    found = _read(case, instance_id)
    return take_in_hand(case, found) if found is not None else None


def follow(move: Move, beside: Beside) -> None:
    """Bring the adjustment up to date that this move, of an instance beside the case's own, is about."""
    row = _of_move(beside.case, move)
    if row is None:
        return
    row.instance_id = move.instance_id
    result = move.end_properties.get("result")
    if row.state == AdjustmentState.requested:
        _decide(row, move, beside, result)
    elif row.state == AdjustmentState.granted and row.ended_at is None and move.ended:
        _end(row, beside, is_over=result == ENDED)


def pending(case: Case) -> Adjustment | None:
    """The request that waits for its decision; there is one at most."""
    return db.session.scalars(
        select(Adjustment).where(Adjustment.case_id == case.id, Adjustment.state == AdjustmentState.requested.value)
    ).one_or_none()


def check_pending(case: Case) -> Adjustment:
    """The request that waits. Raises NothingPending."""
    row = pending(case)
    if row is None:
        raise NothingPending
    return row


def of(case: Case) -> Sequence[Adjustment]:
    """Every adjustment of a case, oldest first."""
    return db.session.scalars(select(Adjustment).where(Adjustment.case_id == case.id).order_by(Adjustment.id)).all()


def told(case: Case) -> Sequence[tuple[Adjustment, str | None, str | None]]:
    """Every adjustment of a case, the newest first, with who asked for it and who decided: one statement."""
    asking, deciding = aliased(User), aliased(User)
    rows = db.session.execute(
        select(Adjustment, asking.name, deciding.name)
        .outerjoin(asking, asking.id == Adjustment.requested_by_id)
        .outerjoin(deciding, deciding.id == Adjustment.decided_by_id)
        .where(Adjustment.case_id == case.id)
        .order_by(Adjustment.id.desc())
    )
    return [(row, asked_by, decided_by) for row, asked_by, decided_by in rows]


def count_granted(case: Case, kind: AdjustmentKind) -> int:
    """How many adjustments of this kind took effect, now or once."""
    took_effect = (AdjustmentState.granted.value, AdjustmentState.ended.value)
    question = select(func.count()).where(
        Adjustment.case_id == case.id, Adjustment.kind == kind.value, Adjustment.state.in_(took_effect)
    )
    return db.session.scalar(question) or 0


def withdraw(case: Case, row: Adjustment, *, by_id: int | None, at: datetime) -> None:
    """Take a request back, whoever waits for it: its drawing ends."""
    if row.instance_id is not None:
        take_in_hand(case, row)
        execution.withdraw(row.instance_id, outcome=AdjustmentState.withdrawn.value, by_id=by_id, at=at)


def withdraw_pending(case: Case, *, at: datetime) -> None:
    """The case has left the department's hands: what was asked for meanwhile is asked for no more (留痕)."""
    row = pending(case)
    if row is not None:
        withdraw(case, row, by_id=None, at=at)
        timeline.add(case, "adjustment_withdrawal", by=SYSTEM, at=at, kind=row.kind)


def end_all(case: Case, *, by_id: int | None, at: datetime) -> None:
    """The case ends, or begins anew: nothing beside it goes on. A suspension under way ends without effect."""
    running = select(Adjustment).where(
        Adjustment.case_id == case.id, Adjustment.state.in_(UNDER_WAY), Adjustment.ended_at.is_(None)
    )
    for row in db.session.scalars(running.order_by(Adjustment.id)).all():
        withdraw(case, row, by_id=by_id, at=at)


def _of_move(case: Case, move: Move) -> Adjustment | None:
    known = _in_hand.pop(case, None)
    if known is not None and known.instance_id in {None, move.instance_id}:
        return known
    return _read(case, move.instance_id)


def _read(case: Case, instance_id: int) -> Adjustment | None:
    return db.session.scalars(select(Adjustment).where(_decided_by(case, instance_id))).one_or_none()


def _decided_by(case: Case, instance_id: int) -> ColumnElement[bool]:
    # By its case, which has an index: of adjustments there are very many.
    return and_(Adjustment.case_id == case.id, Adjustment.instance_id == instance_id)


def _decide(row: Adjustment, move: Move, beside: Beside, result: str | None) -> None:
    effects = _effects[row.kind]
    # What lasts a while is granted by the step that waits for its end; without one it would never end.
    is_lasting = effects.end is not None
    waits = any(step.stage == Stage.suspended for step in move.opened)
    if waits if is_lasting else result == GRANTED:
        effects.grant(row, beside)
        row.state = AdjustmentState.granted
    elif move.ended:
        row.state = AdjustmentState.refused if result == REFUSED else AdjustmentState.withdrawn
    else:
        return
    row.decided_at, row.decided_by_id = move.at, beside.by.id
    if not is_lasting:
        row.ended_at = move.at
    decided.send(row, case=beside.case, at=move.at)


def _end(row: Adjustment, beside: Beside, *, is_over: bool) -> None:
    end = _effects[row.kind].end
    if end is not None and is_over:
        end(row, beside)
    row.state, row.ended_at = AdjustmentState.ended, beside.at
    ended.send(row, case=beside.case, at=beside.at)
