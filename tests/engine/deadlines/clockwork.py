"""A clock without a database: facts appended one by one, on a plain calendar or a real one."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.calendars.hours import Hours
from engine.calendars.working_time import Limit, Unit, WorkingCalendar
from engine.deadlines import reading
from engine.deadlines.clocks import begin
from engine.deadlines.course import Course
from engine.deadlines.facts import Action, Fact
from engine.deadlines.reading import Reading

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAIN = WorkingCalendar(Hours(published=range(2025, 2029)), SHANGHAI, range(2024, 2030))
"""Monday to Friday 8–12 and 14–18, without holidays."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@dataclass
class PaperClock:
    """What ``clock_fact`` would hold. Acts take the moment as text or as a datetime."""

    facts: list[Fact] = field(default_factory=list)
    calendar: WorkingCalendar = PLAIN

    def start(self, when: str | datetime, value: float, unit: str) -> "PaperClock":
        return self._first(begin(Limit(value, Unit(unit)), _moment(when)))

    def start_until(self, when: str, due: str) -> "PaperClock":
        return self._first(begin(None, at(when), due_at=at(due)))

    def _first(self, fact: Fact) -> "PaperClock":
        self.facts = [Course(fact, self.calendar).as_frozen(fact)]
        return self

    def act(
        self, action: str, when: str | datetime, value: float | None = None, unit: str | None = None
    ) -> "PaperClock":
        course = reading.follow(self.facts, self.calendar)
        self.facts.append(course.freeze(Fact(Action(action), _moment(when), value, unit)))
        return self

    def read(self, when: str | datetime) -> Reading:
        return reading.read(self.facts, self.calendar, at=_moment(when))

    def due(self) -> str:
        return f"{reading.follow(self.facts, self.calendar).due.astimezone(SHANGHAI):%F %H:%M}"


def _moment(when: str | datetime) -> datetime:
    return at(when) if isinstance(when, str) else when
