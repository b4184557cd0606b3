"""The small city that tests live in, and its cast. A person is an attribute: ``city.chen`` is the Actor of Chen.

It is the fictional city 临江市 of ``engine.simulation``, in its smallest size.
"""

from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.access import actors
from engine.access.actors import Actor
from engine.grids.models import ResponsibilityGrid, UnitGrid
from engine.kit.config import ROOT
from engine.kit.db import db
from engine.organization.models import Department, User
from engine.process import definitions
from engine.simulation import city as simulated

ZONE = ZoneInfo("Asia/Shanghai")
PASSWORD = "Correct-Horse-7"

# Who the stories tell of, by the name that they use: his user name.
CAST = {
    "chen": "collector.chen",
    "lin": "collector.004",  # the other collector on Chen's grid
    "sun": "caller.sun",
    "li": "acceptor.li",
    "zhao": "duty.zhao",
    "wang": "dispatcher.wang",
    "qian": "director.qian",
    "zhou": "supervisor.zhou",
    "zheng": "evaluator.zheng",
    "wu": "leader.wu",
    "clerk": "clerk.sanitation",
    "handler": "handler.sanitation",
    "head": "head.sanitation",
    "parks_clerk": "clerk.landscaping",
    "parks_handler": "handler.landscaping",
    "system_admin": "admin",
    "security_admin": "security",
    "audit_admin": "audit",
}


def at(text: str) -> datetime:
    """The moment when the city's clocks show "2026-03-02 09:00" (a Monday)."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


FOUNDED = at("2026-01-05 08:00")


def build() -> None:
    """Fill an empty schema with the small city, its processes published."""
    simulated.build("small", at=FOUNDED, password=PASSWORD)
    definitions.ensure_published(ROOT / "workflows", FOUNDED)
    definitions.ensure_published(ROOT / "workflows", FOUNDED)


class City:
    """The cast by name, and the places that stories happen in."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __getattr__(self, name: str) -> Actor:
        actor = self.actor(name) if name in CAST else None
        if actor is None:
            raise AttributeError(name)
        setattr(self, name, actor)
        return actor

    def actor(self, name: str) -> Actor | None:
        """Anybody in the city by his name in the cast or his user name, as he is now."""
        user_id = db.session.scalar(select(User.id).where(User.username == CAST.get(name, name)))
        return actors.load(user_id) if user_id else None

    def user(self, name: str) -> User:
        """The row of one person, by his name in the cast or his user name."""
        return db.session.scalars(select(User).where(User.username == CAST.get(name, name))).one()

    def department(self, code: str) -> Department:
        """One department by its code: city, center, collection, command, sanitation, landscaping …"""
        return db.session.scalars(select(Department).where(Department.code == code)).one()

    @property
    def sanitation(self) -> Department:
        """The sanitation bureau (环卫处)."""
        return self.department("sanitation")

    @property
    def parks(self) -> Department:
        """The parks bureau (园林处)."""
        return self.department("landscaping")

    @property
    def grid(self) -> ResponsibilityGrid:
        """The beat of collectors Chen and Lin."""
        return db.session.scalars(select(ResponsibilityGrid).order_by(ResponsibilityGrid.id)).first()

    @cached_property
    def spot(self) -> tuple[float, float]:
        """Longitude and latitude of a point inside the first unit grid of that beat."""
        cells = select(UnitGrid).where(UnitGrid.responsibility_grid_id == self.grid.id).order_by(UnitGrid.code)
        cell = db.session.scalars(cells).first()
        ring = cell.geometry["coordinates"][0][:-1]
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
