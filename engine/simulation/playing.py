"""Playing the city forward: reports come in, people come to their steps, timers fire, all in the order of the clock.

A heap holds what will happen. Each happening is one act in one transaction, so that stopping anywhere loses nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush

from sqlalchemy import ColumnElement, select, true

from engine.cases.errors import CaseSuspended
from engine.cases.models import Case
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import CityLoopError
from engine.process import jobs
from engine.process import queries as process
from engine.process.models import OpenTask
from engine.simulation import appealing, supervising
from engine.simulation.staff import DecisionAwaited, Staff
from engine.supervision import jobs as supervision
from engine.supervision import watching

LEFT = 0.18
"""Share of the steps of the last days that nobody has come to yet."""


LOOK_AGAIN = timedelta(hours=2)
"""After this, who waits for a decision asks whether it has come."""


@dataclass(frozen=True)
class Happening:
    """Something was done: when by the simulated clock, and which act ("report", or the name in ``cases.acts``)."""

    at: datetime
    act: str


@dataclass(frozen=True)
class Stuck:
    """A step that could not be done, and why."""

    task_id: str
    at: datetime
    why: CityLoopError


@dataclass(frozen=True)
class Arrival:
    """A report that will come in; ``enter`` writes it, in a transaction of its own."""

    at: datetime
    enter: Callable[[], None]


@dataclass(frozen=True)
class Order:
    """A supervision order that somebody comes to."""

    id: int


@dataclass(frozen=True)
class Appeal:
    """A closed case of which its department will say that it was not at fault."""

    case_id: int


What = str | Arrival | Order | Appeal
"""What can happen: somebody comes to a step (its id), a report, an order, a judgement."""


@dataclass
class Play:
    """A city whose clock is moved by what happens in it. ``only`` narrows the cases that its staff works on.

    The clock is the whole city's: timers of other cases fire, too, when their moment comes.
    """

    staff: Staff
    until: datetime | None = None
    leave_from: datetime | None = None
    """Of the steps that are opened from here on, a part is left for whoever looks at the city afterwards."""
    only: ColumnElement[bool] = field(default_factory=true)
    stuck: list[Stuck] = field(default_factory=list)
    now: datetime | None = None

    def __post_init__(self) -> None:
        self._heap: list[tuple[datetime, int, What]] = []
        self._seen: set[str] = set()
        self._orders: set[int] = set()
        self._count = 0
        self._next_due: datetime | None = None

    def run(self, arrivals: Iterable[Arrival] = ()) -> Iterator[Happening]:
        """Let everything happen until nothing is left, or until the moment ``until``; each act is told when it is done.

        Steps that wait already are taken up from the moment at which they were opened.
        """
        for arrival in arrivals:
            self._push(arrival.at, arrival)
        self._notice(None)
        self._notice_orders(None)
        self._notice_judgements(None)
        while (next_at := self._next()) is not None and (self.until is None or next_at <= self.until):
            with clock.fixed(next_at):
                yield from self._happen(next_at)
        if self.until is not None:
            self._fire_until(self.until)

    def _happen(self, at: datetime) -> Iterator[Happening]:
        self._fire_until(at)
        _, _, what = heappop(self._heap)
        self.now = at
        if isinstance(what, Arrival):
            what.enter()
            act: str | None = "report"
        elif isinstance(what, Order):
            act = self._see_to(what, at)
        elif isinstance(what, Appeal):
            act = "appeal" if appealing.make(what.case_id, self.staff, at) else None
        else:
            act = self._do(what, at)
        if act == "closure":
            self._notice_judgements(at)
        self._notice(at)
        # Service tasks follow their act at once: the next step opens behind them.
        self._fire_until(at)
        if act is not None:
            yield Happening(at, act)

    def _do(self, task_id: str, at: datetime) -> str | None:
        try:
            return self.staff.do(task_id, at=at)
        except DecisionAwaited:
            self._push(at + LOOK_AGAIN, task_id)
            return None
        except CaseSuspended:
            # The case rests: whoever came to it looks again on the next day.
            self._push(at + timedelta(days=1), task_id)
            return None
        except CityLoopError as why:
            self.stuck.append(Stuck(task_id, at, why))
            return None

    def _see_to(self, what: Order, at: datetime) -> str | None:
        try:
            order = supervising.act(what.id, self.staff, at)
        except CityLoopError as why:
            self.stuck.append(Stuck(f"order {what.id}", at, why))
            return None
        if order is None:
            return None
        if order.ended_at is None:
            self._push(supervising.when(order, self.staff, at), what)
        return "order"

    def _next(self) -> datetime | None:
        return self._heap[0][0] if self._heap else None

    def _push(self, at: datetime, what: What) -> None:
        self._count += 1
        heappush(self._heap, (max(at, self.now) if self.now else at, self._count, what))

    def _fire_until(self, at: datetime) -> None:
        """Fire timers and perform service tasks at the moments that they are due at, up to and including ``at``."""
        while (due := self._next_due) is not None and due <= at:
            moment = max(due, self.now) if self.now else due
            with clock.fixed(moment):
                done = jobs.run_due(moment, worker="simulation")
                told = supervision.run_due(moment, worker="simulation")
            self.now = moment
            if told:
                self._notice_orders(moment)
            self._notice(moment)
            if not done and not told and self._next_due == due:
                # Another worker has claimed it; it is looked at again after the next act.
                return

    def _notice(self, since: datetime | None) -> None:
        """Find the steps that were opened at or after ``since``, and when somebody will come to each."""
        opened = select(OpenTask, Case).join(Case, Case.id == OpenTask.subject_id)
        opened = opened.where(OpenTask.subject_kind == "case", self.only)
        if since is not None:
            opened = opened.where(OpenTask.opened_at >= since)
        for task, case in db.session.execute(
            opened.order_by(OpenTask.opened_at, OpenTask.subject_id, OpenTask.node)
        ).all():
            if task.id not in self._seen:
                self._seen.add(task.id)
                if not self._is_left(task, case):
                    self._push(self.staff.when(task, case), task.id)
        self._next_due = min(filter(None, (process.next_due(), watching.next_due())), default=None)
        # The next act begins with an empty session, as it does in a request.
        db.session.remove()

    def _notice_orders(self, since: datetime | None) -> None:
        """Find the supervision orders that were issued at or after ``since``, and when each is answered."""
        for order in supervising.waiting(since):
            if order.id not in self._orders:
                self._orders.add(order.id)
                self._push(supervising.when(order, self.staff, order.issued_at), Order(order.id))

    def _notice_judgements(self, since: datetime | None) -> None:
        """Find the cases that were closed at or after ``since`` too late, and when their departments appeal."""
        for case in appealing.late(since, self.only):
            if (moment := appealing.when(case, self.staff)) is not None:
                self._push(moment, Appeal(case.id))

    def _is_left(self, task: OpenTask, case: Case) -> bool:
        if self.leave_from is None or task.opened_at < self.leave_from:
            return False
        return self.staff.random("left", case.number, task.node, task.opened_at).random() < LEFT
