"""The wall screen (一屏统览): dark, without scrolling, readable from five metres; it renews itself."""

from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from engine.kit import clock
from engine.supervision import board as counting
from engine.supervision import wall as watching
from engine.supervision.queues import Moment
from engine.supervision.wall import Day
from web.configuration import current_config
from web.guards import requires
from web.session import current_actor
from web.supervision.door import READERS, door

DEPARTMENTS = 7
LATEST = 5
WIDTH, HEIGHT, TOP, FOOT = 700, 300, 34, 30
"""The drawing of the trend, in its own units: room for numbers above, for days below."""


@dataclass(frozen=True)
class Column:
    """A day of the trend as it is drawn: its bar, and where the line of closed cases passes."""

    day: Day
    x: float
    width: float
    y: float
    height: float
    closed_y: float


@door.get("/wall")
@requires(*READERS)
def wall() -> ResponseReturnValue:
    """The whole screen."""
    return render_template("supervision/wall.html", **_panels())


@door.get("/wall/panels")
@requires(*READERS)
def wall_panels() -> ResponseReturnValue:
    """Its panels but the map, to be renewed."""
    return render_template("supervision/_wall.html", **_panels())


def _panels() -> dict[str, Any]:
    actor, moment = current_actor(), Moment.of(clock.now())
    departments = [row for row in counting.table("department", actor, moment) if row.counts["overdue"]]
    days = watching.days(actor, moment.at, current_config().time_zone)
    return {
        "at": clock.local(moment.at, current_config().time_zone),
        "figures": counting.figures(actor, moment),
        "today": days[-1],
        "running": watching.running(actor),
        "departments": departments[:DEPARTMENTS],
        "most": max((row.counts["overdue"] for row in departments), default=1),
        "columns": columns(days),
        "baseline": HEIGHT - FOOT,
        "latest": watching.latest_overdue(actor, moment, most=LATEST),
    }


def columns(days: list[Day]) -> list[Column]:
    """Where each day is drawn: bars of what was reported, a line of what was closed, on one scale."""
    most = max(1, *(max(day.reported, day.closed) for day in days))
    step, room = WIDTH / len(days), HEIGHT - TOP - FOOT

    def y(number: int) -> float:
        return round(HEIGHT - FOOT - room * number / most, 1)

    return [
        Column(
            day,
            round(place * step + step * 0.18, 1),
            round(step * 0.64, 1),
            y(day.reported),
            round(HEIGHT - FOOT - y(day.reported), 1),
            y(day.closed),
        )
        for place, day in enumerate(days)
    ]
