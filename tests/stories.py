"""Telling a case's story in one line per act: ``story.do("li", "filing_proposal", …)``, each in its own transaction."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import select

from engine.access.actors import Actor
from engine.cases import acts, queries, reporting, steps
from engine.cases.evidence import Upload
from engine.cases.models import Case, Source, TimelineEntry
from engine.catalog.models import Category, FilingCondition
from engine.kit.db import db, unit_of_work
from engine.process import jobs
from tests import city as cities

GARBAGE = "0110"  # event 暴露垃圾 in the 2013 code system


def photo(colour: str = "grey", name: str = "photo.jpg") -> Upload:
    """A real little photo."""
    stream = BytesIO()
    Image.new("RGB", (64, 48), colour).save(stream, "JPEG")
    stream.seek(0)
    return Upload(stream, name)


def category(kind: str = "event", code: str = GARBAGE, system: str = "GBT30428.2-2013") -> Category:
    """A category of the catalogue by its code."""
    return db.session.scalars(
        select(Category).where(Category.code_system == system, Category.kind == kind, Category.code == code)
    ).one()


def condition(of: Category) -> FilingCondition:
    """Its first filing condition that is not urgent."""
    found = select(FilingCondition).where(FilingCondition.category_id == of.id).order_by(FilingCondition.number)
    return next(one for one in db.session.scalars(found) if not one.is_urgent)


@dataclass
class Story:
    """One case and the clock on the wall."""

    city: cities.City
    now: datetime = field(default_factory=lambda: cities.at("2026-03-02 09:00"))
    case_id: int = 0

    def report(self, who: str = "chen", **changes: Any) -> "Story":
        """Report garbage at the city's spot; ``changes`` are fields of Report."""
        given: dict[str, Any] = {
            "description": "路边有暴露垃圾一处",
            "source": Source.patrol,
            "point": self.city.spot,
            "category_id": category().id,
            "photos": (photo(),),
        }
        with unit_of_work():
            actor = getattr(self.city, who)
            self.case_id = reporting.report(reporting.Report(**(given | changes)), by=actor, at=self.now).id
        self.work()
        return self

    def do(self, who: str | Actor, act: str, *, minutes: int = 5, task_id: str | None = None, **values: Any) -> "Story":
        """Somebody does an act, some minutes later; the workers then do theirs."""
        self.now += timedelta(minutes=minutes)
        actor = getattr(self.city, who) if isinstance(who, str) else who
        with unit_of_work():
            case = queries.lock(self.case_id, actor)
            acts.perform(case, act, values, by=actor, at=self.now, task_id=task_id)
        self.work()
        return self

    def work(self) -> None:
        """Timers and service tasks that are due."""
        jobs.run_due(self.now)
        db.session.expire_all()

    def wait(self, **span: float) -> "Story":
        """Time passes; the workers notice."""
        self.now += timedelta(**span)
        self.work()
        return self

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return db.session.scalars(select(Case).where(Case.id == self.case_id)).one()

    @property
    def waiting(self) -> set[str]:
        """The nodes that wait for somebody."""
        return {task.node for task in steps.open_steps(self.case)}

    @property
    def told(self) -> list[str]:
        """The acts of the timeline, in order."""
        entries = select(TimelineEntry.act).where(TimelineEntry.case_id == self.case_id).order_by(TimelineEntry.id)
        return list(db.session.scalars(entries))

    def filed(self, **changes: Any) -> "Story":
        """Reported by Chen, accepted by Li, filed by Zhao, dispatched by rule or by Wang to the sanitation bureau."""
        self.report(**changes) if not self.case_id else None
        self.propose().do("zhao", "filing")
        if "dispatch" in self.waiting:
            self.do("wang", "dispatch", department_id=self.city.sanitation.id)
        return self

    def propose(self) -> "Story":
        """Li proposes filing as garbage."""
        chosen = category()
        return self.do(
            "li",
            "filing_proposal",
            category_id=chosen.id,
            filing_condition_id=condition(chosen).id,
            area_class="A",
            is_urgent=False,
            note="",
        )

    def handled(self) -> "Story":
        """The department that has it signs, assigns, handles, and gives feedback."""
        return self.signed().do(self.handler, "handling", note="已清理").do(self.clerk, "feedback", note="已处置完毕")

    def signed(self) -> "Story":
        """Signed for and assigned."""
        return self.do(self.clerk, "signing").do(self.clerk, "assignment", handler_id=self.handler.id)

    @property
    def clerk(self) -> Actor:
        """The clerk of the department that has it."""
        return self._of("clerk")

    @property
    def handler(self) -> Actor:
        """A handler of the department that has it."""
        return self._of("handler")

    def _of(self, role: str) -> Actor:
        actor = self.city.actor(f"{role}.{self.case.department.code}")
        assert actor is not None
        return actor

    def verified(self) -> "Story":
        """Feedback accepted, verified by Chen."""
        return self.do("wang", "feedback_acceptance").do("chen", "verification", result="passed", note="现场已整改")

    def closed(self) -> "Story":
        """All the way."""
        return self.filed().handled().verified().do("zhao", "closure", result="resolved")
