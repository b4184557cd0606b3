"""A few busy months for reports and pages: cases that arrive, are handled early, late or not at all."""

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from engine.cases.models import Case, Stage
from engine.cases.round_models import SatisfactionCall
from engine.catalog.models import Category
from engine.grids.models import Region
from engine.kit.db import db
from engine.organization.models import Department
from tests.engine.evaluation.inventing import make_case

SOURCES = ("patrol",) * 7 + ("hotline",) * 2 + ("citizen_app", "video")


def invent(start: datetime, days: int, *, per_day: int, seed: int = 7) -> int:
    """About so many cases a day from ``start`` on, all over the city; how many there are. Same seed, same cases."""
    draw = Random(seed)
    kinds = ("municipal", "district", "street", "enterprise")
    departments = list(db.session.scalars(select(Department).where(Department.kind.in_(kinds)).order_by(Department.id)))
    categories = list(
        db.session.scalars(select(Category).where(Category.kind == "event").order_by(Category.id).limit(40))
    )
    streets = list(db.session.scalars(select(Region).where(Region.level == "street").order_by(Region.code)))
    dates = [day for day in range(days) for _ in range(draw.randint(per_day // 2, per_day * 3 // 2))]
    for day in dates:
        reported = start + timedelta(days=day, hours=8 + draw.random() * 9)
        _one(
            reported,
            draw,
            draw.choice(departments),
            categories[min(int(draw.expovariate(0.15)), 39)],
            draw.choice(streets),
        )
    db.session.flush()
    return len(dates)


def _one(reported: datetime, draw: Random, department: Department, category: Category, street: Region) -> None:
    source, facts = draw.choice(SOURCES), {}
    common = {
        "source": source,
        "category": category,
        "kind": category.kind,
        "region_code": street.code[:6],
        "street_code": street.code,
        "place": f"{street.name}人民路{draw.randrange(1, 200)}号",
        "title": category.name,
    }
    fate = draw.random()
    if fate < 0.04:
        facts = {
            "stage": "rejected",
            "accepted_at": reported + timedelta(minutes=9),
            "ended_at": reported + timedelta(hours=1),
        }
    elif fate < 0.12 and source == "patrol":
        facts = {
            "stage": "closed",
            "is_self_handled": True,
            "accepted_at": reported + timedelta(minutes=20),
            "closed_at": reported + timedelta(minutes=20),
        }
    else:
        facts = _handled(reported, draw, department)
    case = make_case(reported_at=reported, **common, **facts)
    if case.closed_at and source in {"hotline", "citizen_app"} and draw.random() < 0.9:
        answer = draw.choice(["satisfied"] * 6 + ["fairly_satisfied"] * 2 + ["dissatisfied"])
        db.session.add(SatisfactionCall(case_id=case.id, at=case.closed_at + timedelta(hours=5), answer=answer))


def _handled(reported: datetime, draw: Random, department: Department) -> dict[str, object]:
    sent = reported + timedelta(minutes=draw.randrange(20, 90))
    due = sent + timedelta(hours=draw.choice([4, 24, 48, 72]))
    # Each department has a habit of its own.
    pace = 0.35 + 0.55 * (department.id * 7919 % 100) / 100
    handled = sent + (due - sent) * draw.lognormvariate(0, 0.45) * pace
    reworked = int(draw.random() < 0.06) + int(draw.random() < 0.01)
    facts: dict[str, object] = {
        "department_id": department.id,
        "accepted_at": sent,
        "filed_at": sent,
        "dispatched_at": sent,
        "due_at": due,
        "first_due_at": due,
        "clock_state": "running",
        "stage": Stage.handling.value,
        "rework_count": reworked,
        "return_count": int(draw.random() < 0.04),
        "extension_count": int(draw.random() < 0.02),
    }
    if draw.random() < 0.04:
        return facts
    closed = handled + timedelta(hours=2 + draw.random() * 20)
    return facts | {
        "handled_at": handled,
        "closed_at": closed,
        "stage": "closed",
        "clock_state": "stopped",
        "ended_at": closed,
    }


def count() -> int:
    """How many cases there are."""
    return db.session.query(Case).count()
