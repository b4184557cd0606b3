"""The small city that tests live in, and its cast. A person is an attribute: ``city.chen`` is the Actor of Chen."""

from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.access import actors, seeds
from engine.access.actors import SYSTEM, Actor
from engine.calendars import seeds as calendars
from engine.grids.models import Region, ResponsibilityGrid, UnitGrid
from engine.kit.db import db
from engine.organization import departments, hiring
from engine.organization.models import Department, User

ZONE = ZoneInfo("Asia/Shanghai")
PASSWORD = "Correct-Horse-7"

# username: (name, department, role, serves on grid 1)
CAST = {
    "chen": ("陈采集", "collection", "collector", True),
    "lin": ("林采集", "collection", "collector", True),
    "sun": ("孙接线", "center", "call_taker", False),
    "li": ("李受理", "center", "acceptor", False),
    "zhao": ("赵值班", "center", "duty_officer", False),
    "wang": ("王派遣", "command", "dispatcher", False),
    "qian": ("钱指挥", "command", "director", False),
    "zhou": ("周督查", "command", "supervisor", False),
    "feng": ("冯考评", "center", "evaluator", False),
    "wu": ("吴领导", "city", "leader", False),
    "clerk": ("郑经办", "sanitation", "handling_clerk", False),
    "handler": ("马处置", "sanitation", "handler", False),
    "head": ("何主任", "sanitation", "department_head", False),
    "parks_clerk": ("许经办", "parks", "handling_clerk", False),
    "parks_handler": ("吕处置", "parks", "handler", False),
    "system_admin": ("系统员", "center", "system_administrator", False),
    "security_admin": ("安全员", "center", "security_administrator", False),
    "audit_admin": ("审计员", "center", "audit_administrator", False),
}


def at(text: str) -> datetime:
    """The moment when the city's clocks show "2026-03-02 09:00" (a Monday)."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


FOUNDED = at("2026-01-05 08:00")


class City:
    """The cast by name, and the places that stories happen in."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __getattr__(self, username: str) -> Actor:
        actor = self.actor(username) if username in CAST else None
        if actor is None:
            raise AttributeError(username)
        setattr(self, username, actor)
        return actor

    def actor(self, username: str) -> Actor | None:
        """Anybody in the city, as he is now."""
        user_id = db.session.scalar(select(User.id).where(User.username == username))
        return actors.load(user_id) if user_id else None

    def user(self, username: str) -> User:
        """The row of one person."""
        return db.session.scalars(select(User).where(User.username == username)).one()

    def department(self, code: str) -> Department:
        """One department by its code: center, collection, command, sanitation, parks …"""
        return db.session.scalars(select(Department).where(Department.code == code)).one()

    @property
    def sanitation(self) -> Department:
        """The sanitation bureau (环卫局)."""
        return self.department("sanitation")

    @property
    def parks(self) -> Department:
        """The parks bureau (园林局)."""
        return self.department("parks")

    @property
    def grid(self) -> ResponsibilityGrid:
        """The beat of collectors Chen and Lin."""
        return db.session.scalars(select(ResponsibilityGrid).order_by(ResponsibilityGrid.code)).first()

    @cached_property
    def spot(self) -> tuple[float, float]:
        """Longitude and latitude of a point inside the first unit grid."""
        cell = db.session.scalars(select(UnitGrid).order_by(UnitGrid.code)).first()
        return (cell.min_lng + cell.max_lng) / 2, (cell.min_lat + cell.max_lat) / 2


def build() -> None:
    """Fill an empty schema with the small city."""
    seeds.ensure_roles()
    calendars.ensure_standard("Asia/Shanghai", at=FOUNDED)
    _places()
    offices = _departments()
    grid = db.session.scalars(select(ResponsibilityGrid).order_by(ResponsibilityGrid.code)).first()
    password = hiring.checked(PASSWORD, username="")
    for username, (name, office, role, on_grid) in CAST.items():
        service = (offices[office], role, grid if on_grid else None)
        hiring.hire(username, name, None, [service], by=SYSTEM, at=FOUNDED).password_hash = password


def _departments() -> dict[str, Department]:
    root = departments.found("city", "银川市人民政府", "center", by=SYSTEM, at=FOUNDED)
    below = {
        "center": ("城市管理监督中心", "center"),
        "command": ("城市管理指挥中心", "center"),
        "collection": ("信息采集大队", "center"),
        "sanitation": ("环境卫生管理局", "municipal"),
        "parks": ("园林管理局", "municipal"),
    }
    made = {
        code: departments.found(code, name, kind, parent=root, by=SYSTEM, at=FOUNDED)
        for code, (name, kind) in below.items()
    }
    return {"city": root, **made}


def _places() -> None:
    """One district with two streets, two beats, and four unit grids of 100 m in a row."""
    names = {
        "640104": ("兴庆区", "district"),
        "640104001": ("凤凰北街街道", "street"),
        "640104002": ("解放西街街道", "street"),
        "640104001001": ("北安社区", "community"),
        "640104002001": ("文化社区", "community"),
    }
    parents = {6: None, 9: 6, 12: 9}
    for code, (name, level) in names.items():
        up = parents[len(code)]
        db.session.add(Region(code=code, name=name, level=level, parent_code=code[:up] if up else None))
    for number in (1, 2):
        beat = ResponsibilityGrid(code=f"Z640104{number:04}", name=f"第{number}责任网格", region_code="640104")
        db.session.add(beat)
        db.session.flush()
        for cell in (1, 2):
            db.session.add(_unit_grid(number, cell, beat))
    db.session.flush()


def _unit_grid(street: int, cell: int, beat: ResponsibilityGrid) -> UnitGrid:
    west, south, side = 106.27 + 0.001 * (2 * street + cell), 38.47, 0.001
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    community = f"64010400{street}001"
    return UnitGrid(
        code=f"{community}{cell:03}",
        name=f"{street}-{cell}",
        region_code=community[:6],
        street_code=community[:9],
        community_code=community,
        geometry={"type": "Polygon", "coordinates": [ring]},
        area_m2=9_700.0,
        min_lng=west,
        min_lat=south,
        max_lng=east,
        max_lat=north,
        responsibility_grid_id=beat.id,
    )
