"""The statistics that every city starts with. Afterwards they are the city's own, to be changed or retired."""

from datetime import datetime

from sqlalchemy import select

from engine.kit.db import db
from engine.kit.signals import Doer
from engine.statistics import defining
from engine.statistics.defining import Content
from engine.statistics.layout import Layout
from engine.statistics.models import Statistic

DELIVERED = (
    Content(
        "部门处置情况",
        "Handling by department",
        "各部门处置数量、按期处置率与平均用时。",
        Layout(
            "department",
            ("due_handling", "handled_on_time", "unhandled_late", "R10", "R13", "time_of_handling"),
            order="figures",
        ),
    ),
    Content("各区来源分布", "Sources by district", "", Layout("region", ("reported",), columns="source")),
    Content("每日上报与结案", "Reported and closed by day", "", Layout("day", ("reported", "filed", "closed"))),
)


def ensure(*, by: Doer, at: datetime) -> None:
    """Define the delivered ones where the city has none at all, not even retired."""
    if db.session.scalar(select(Statistic.id).limit(1)) is None:
        for content in DELIVERED:
            defining.define(content, by=by, at=at)
