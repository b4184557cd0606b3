"""The rooms that the rail at the left (on a phone: the bar below) leads to, as far as this person may enter them."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.access.actors import Actor
from engine.kit.i18n import N_
from web import guards, session


@dataclass(frozen=True)
class Room:
    """One entry. It appears once its page exists and the reader may enter it."""

    name: str
    endpoint: str
    icon: str
    is_of_cases: bool = False
    """Nothing is in it for who has no part in cases: administrators."""
    within: str = ""
    """The endpoint of a room that leads here too: for whoever may enter that one, this entry is left out."""


ROOMS = (
    Room(N_("My work"), "desk.work", "inbox", is_of_cases=True),
    Room(N_("Cases"), "desk.cases", "folder2-open", is_of_cases=True),
    Room(N_("Supervision"), "supervision.board", "speedometer2", is_of_cases=True),
    Room(N_("Supervision orders"), "supervision.orders", "megaphone", is_of_cases=True),
    Room(N_("Report a problem"), "desk.report", "plus-square"),
    Room(N_("Map"), "desk.map", "map", is_of_cases=True),
    Room(N_("My department"), "department.index", "people", is_of_cases=True),
    Room(N_("Assessment"), "evaluation.months", "bar-chart-line"),
    Room(N_("Process reviews"), "studio.reviews", "clipboard-check"),
    Room(N_("Administration"), "admin.index", "sliders"),
    Room(N_("Configuration archives"), "studio.list_archives", "archive", within="studio.processes"),
    Room(N_("Process studio"), "studio.processes", "diagram-3"),
)

Count = Callable[[Actor], int]
_counts: dict[str, Count] = {}


@dataclass(frozen=True)
class Entry:
    """A room as one reader sees it now; ``count`` is None where nothing is counted."""

    name: str
    address: str
    icon: str
    count: int | None
    is_here: bool

    @property
    def waiting(self) -> int:
        """How many things wait behind it; none where nothing is counted."""
        return self.count or 0


def counted(endpoint: str) -> Callable[[Count], Count]:
    """Say how many things wait behind an entry: ``@rail.counted("desk.work")`` above a function of the actor."""

    def keep(count: Count) -> Count:
        _counts[endpoint] = count
        return count

    return keep


def entries(actor: Actor) -> list[Entry]:
    """What this person finds in the rail."""
    rooms = _open_to(actor)
    # A room may lie inside another one's address: the nearer one is where the reader is.
    here = max((room for room in rooms if _is_here(room)), key=lambda room: len(url_for(room.endpoint)), default=None)
    return [_entry(room, actor, is_here=room is here) for room in rooms]


def init_app(app: Flask) -> None:
    """The first page is the first room of the rail: my work."""
    app.add_url_rule("/", "home", guards.requires()(home))


def home() -> ResponseReturnValue:
    """Lead to the first room that this person may enter."""
    rooms = _open_to(session.current_actor())
    return redirect(url_for(rooms[0].endpoint if rooms else "signin.me"))


def _open_to(actor: Actor) -> list[Room]:
    views = current_app.view_functions
    return [
        room
        for room in ROOMS
        if room.endpoint in views
        and guards.may_enter(actor, room.endpoint)
        and (has_part_in_cases(actor) or not room.is_of_cases)
        and not (room.within and guards.may_enter(actor, room.within))
    ]


def has_part_in_cases(actor: Actor) -> bool:
    """Does any post of this person have to do with cases?"""
    return any(name.startswith("case.") for name in actor.permissions)


def _is_here(room: Room) -> bool:
    address = url_for(room.endpoint)
    return request.path == address or request.path.startswith(f"{address.rstrip('/')}/")


def _entry(room: Room, actor: Actor, *, is_here: bool) -> Entry:
    count = _counts.get(room.endpoint)
    return Entry(room.name, url_for(room.endpoint), room.icon, count(actor) if count else None, is_here)
