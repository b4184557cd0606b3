"""Simulated staff: everybody who holds a post, doing the open steps that are offered to them, by the real acts.

When somebody comes to a step, and what he decides, follows from the seed, the case and the step alone: the same seed
makes the same month, also when it was interrupted half way.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from engine.access import actors
from engine.access.actors import Actor
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.cases import acts, adjusting, evidence, list_of_acts, queries
from engine.cases.models import Case
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Conflict, NotAllowed
from engine.organization.models import Post, User
from engine.process import queries as process
from engine.process.models import OpenTask
from engine.simulation import deciding, photos, problems
from engine.simulation.temperament import Temperament

# Hours of working time that a step takes where it has no due moment of its own.
USUAL_HOURS = {"assignment": 1.5, "feedback": 1.0, "call_back": 6.0}
UNHURRIED = 2.0
LONGEST_HANDLING = 40.0
"""Hours of working time: also who has weeks mostly sees to it within a week."""
OVERDUE_HOURS = 0.5
PROMPT = 0.6
LEAST = 1 / 60
PATIENCE = timedelta(days=5)
"""Longer than this nobody waits for a decision on what was asked for."""


class NobodyThere(Conflict):
    """Nobody in this city may do the step %(step)s of case %(case)s."""


class DecisionAwaited(Conflict):
    """More time was asked for: nobody finishes the work before it is known whether there is any."""


class Staff:
    """Everybody in the city, by what is offered to them."""

    def __init__(self, temper: Temperament, seed: int) -> None:
        self.temper, self.seed = temper, seed
        self.by_id: dict[int, Actor] = {}
        self.by_group: dict[str, list[Actor]] = defaultdict(list)
        self.problems = problems.known()
        self._hire()

    def random(self, *about: object) -> Random:
        """Chance for one occasion, the same whenever it is asked."""
        return Random(f"{self.seed}:{':'.join(map(str, about))}")

    def when(self, task: OpenTask, case: Case) -> datetime:
        """The moment at which somebody comes to an open step: in working hours, unless the case is urgent."""
        random = self.random("when", case.number, task.node, task.opened_at.isoformat())
        unit = Unit.urgent_hours if case.is_urgent else Unit.working_hours
        hours = max(LEAST, self._hours(task, unit, random))
        if unit is Unit.urgent_hours:
            return task.opened_at + timedelta(hours=hours)
        moment = calendars.working().add(task.opened_at, Limit(hours, unit)).due
        return max(moment, task.opened_at) + timedelta(microseconds=random.randrange(1_000_000))

    def do(self, task_id: str, *, at: datetime) -> str | None:
        """Somebody does an open step, in one transaction; the act's name, or None where it does not wait any more.

        Raises NobodyThere, DecisionAwaited.
        """
        task = process.open_step(task_id)
        if task is None:
            return None
        refusal: NotAllowed | None = None
        for actor in self._offered(task):
            try:
                return self._do(task_id, actor, at)
            except NotAllowed as error:
                # Somebody else of the same group may be the right one: he who handled a case does not verify it.
                refusal = error
        raise NobodyThere(step=task.name, case=task.subject_id) from refusal

    def collector_of(self, grid_id: int | None, random: Random) -> Actor:
        """A collector of a beat, or of the city where the beat has none."""
        here = self.by_group.get(actors.group("collector", grid_id=grid_id)) if grid_id is not None else None
        return random.choice(here or self.one_of("collector"))

    def one_of(self, role: str) -> Sequence[Actor]:
        """Everybody in a role. Raises LookupError where there is nobody."""
        if not (found := self.by_group.get(role)):
            raise LookupError(f"nobody in this city is {role}")
        return found

    def _hire(self) -> None:
        everybody = select(User).where(User.is_active).options(joinedload(User.posts).joinedload(Post.department))
        for user in db.session.scalars(everybody.order_by(User.id)).unique():
            actor = actors.of(user)
            self.by_id[user.id] = actor
            for group in sorted(actor.groups):
                self.by_group[group].append(actor)

    def _offered(self, task: OpenTask) -> list[Actor]:
        if task.assignee_id is not None:
            return [self.by_id[task.assignee_id]] if task.assignee_id in self.by_id else []
        people = list(self.by_group.get(task.group_name or "", ()))
        self.random("who", task.subject_id, task.node, task.opened_at.isoformat()).shuffle(people)
        return people

    def _do(self, task_id: str, actor: Actor, at: datetime) -> str | None:
        with unit_of_work():
            task = process.open_step(task_id)
            if task is None:
                return None
            case = queries.lock(task.subject_id, actor)
            _check_decided(case, task, at)
            occasion = self._occasion(case, task, actor, at)
            choice = deciding.decide(task.act, occasion)
            self._perform(case, choice, task, actor, at)
            besides = deciding.ask_for_time(choice.act, occasion)
            if besides is not None:
                self._perform(case, besides, None, actor, at)
            return choice.act

    def _perform(self, case: Case, choice: deciding.Choice, task: OpenTask | None, actor: Actor, at: datetime) -> None:
        if choice.photos:
            random = self.random("photo", case.number, task.node if task else choice.act, at.isoformat())
            drawn = photos.draw(choice.photos, random, at.astimezone(calendars.working().zone))
            evidence.attach(case, (drawn,), choice.photos, by=actor, at=at)
        acts.perform(case, choice.act, choice.values, by=actor, at=at, task_id=task.id if task else None)

    def _occasion(self, case: Case, task: OpenTask, actor: Actor, at: datetime) -> deciding.Occasion:
        random = self.random("what", case.number, task.node, task.opened_at.isoformat())
        return deciding.Occasion(case, actor, at, random, self.temper, self.problems)

    def _hours(self, task: OpenTask, unit: Unit, random: Random) -> float:
        """How long it takes: a share of what is left until it is due, or what such a step usually takes."""
        handling = task.act == "handling"
        share = self.temper.share_of_limit(random, handling=handling)
        usual = USUAL_HOURS.get(task.act or "")
        if task.due_at is None:
            return share * (usual or UNHURRIED)
        left = calendars.working().spent(task.opened_at, task.due_at, unit) / 3600
        if left <= 0:
            return share * OVERDUE_HOURS
        if task.act == list_of_acts.RESTING:
            # Some suspensions are lifted early, the others last until their day.
            return share * left * 2
        if usual is not None:
            # Paper is done within what is left: a department is late because the work took long.
            return min(share, PROMPT) * min(usual, left)
        return share * min(left, LONGEST_HANDLING)


def _check_decided(case: Case, task: OpenTask, at: datetime) -> None:
    if task.act != "handling":
        return
    waiting = adjusting.pending(case)
    if waiting is not None and at < waiting.requested_at + PATIENCE:
        raise DecisionAwaited
