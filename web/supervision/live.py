"""The stream behind a board that moves: figures and what has just happened, as server-sent events.

A thread serves each stream, so a stream is short, its reader comes back by himself, and there are few at once: whoever
finds no place (204) asks for the figures every few seconds instead (js/live.js).
"""

import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from flask import Response, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Engine

from engine.access.actors import Actor
from engine.kit import clock
from engine.kit.db import db
from engine.supervision import board, happenings
from engine.supervision.happenings import Happening
from engine.supervision.queues import Moment
from web import times
from web.configuration import current_config
from web.desk import wording
from web.guards import requires
from web.session import current_actor
from web.supervision import narrowing
from web.supervision.door import READERS, door

EVERY = 3.0
"""Seconds between two looks."""
LIFE = 45.0
"""Seconds after which a stream ends; the browser opens the next one at once, and rights are asked again."""
RETRY_MS = 1000
AGE = 15.0
"""Seconds after which figures are counted again though nobody did anything: time itself makes cases overdue."""
MOST_STREAMS = max(1, int(os.environ.get("CITYLOOP_WEB_THREADS", "8")) // 4)
"""In one process: three quarters of its threads are left for pages."""

_places = threading.BoundedSemaphore(MOST_STREAMS)


class _Place:
    """A place among the streams of this process, left once: at the stream's end, or when its reader has gone."""

    def __init__(self) -> None:
        self.is_held = _places.acquire(blocking=False)

    def leave(self) -> None:
        """Let somebody else have it."""
        if self.is_held:
            self.is_held = False
            _places.release()


@dataclass
class _Look:
    """What was counted for somebody, and when; supervisors who see the same share it."""

    newest: int
    counted: float
    figures: dict[str, int]


_looks: WeakKeyDictionary[Engine, dict[tuple[object, int], _Look]] = WeakKeyDictionary()


@door.get("/live")
@requires(*READERS)
def live() -> ResponseReturnValue:
    """The stream, or 204 where too many are open: browsers do not ask for it again then."""
    place = _Place()
    if not place.is_held:
        return Response(status=204)
    events = stream_with_context(_kept(place, _events(current_actor(), narrowing.moment().hours, _since())))
    answer = Response(events, mimetype="text/event-stream")  # type: ignore[arg-type]
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # a proxy passes each event on at once
    answer.call_on_close(place.leave)
    return answer


def _kept(place: _Place, events: Iterator[str]) -> Iterator[str]:
    try:
        yield from events
    finally:
        place.leave()


def _since() -> int:
    """The last entry that the reader has; a browser that comes back says so itself."""
    given = request.headers.get("Last-Event-ID", "")
    return int(given) if given.isdecimal() and len(given) < 19 else happenings.newest_id()


def _events(actor: Actor, hours: int, since: int) -> Iterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    end, before = time.monotonic() + LIFE, dict[str, int]()
    while True:
        newest = happenings.newest_id()
        figures = look(actor, hours, newest)
        if figures != before:
            yield _event("figures", {"figures": figures, "at": _on_the_wall()}, since)
        if newest > since:
            happened = happenings.latest(actor, since=since)
            since, before = newest, figures
            yield _event("happened", [_told(one) for one in happened], since)
        before = figures
        # A stream that waits holds no connection of the database.
        db.session.remove()
        if time.monotonic() + EVERY > end:
            return
        yield ": still here\n\n"
        time.sleep(EVERY)


def _on_the_wall() -> str:
    """The time of day in the city, wherever the browser is."""
    return clock.local(clock.now(), current_config().time_zone).strftime("%H:%M:%S")


def look(actor: Actor, hours: int, newest: int) -> dict[str, int]:
    """The figures: those of a moment ago, while nothing has happened since."""
    kept, key = _looks.setdefault(db.engine, {}), ("city" if actor.reach.city else actor.id, hours)
    known, now = kept.get(key), time.monotonic()
    if known is None or known.newest != newest or now - known.counted > AGE:
        known = kept[key] = _Look(newest, now, board.figures(actor, Moment.of(clock.now(), hours)))
    return known.figures


def _event(name: str, data: Any, number: int) -> str:
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _told(happening: Happening) -> dict[str, Any]:
    entry, case = happening.entry, happening.case
    return {
        "number": case.number,
        "title": case.title,
        "address": url_for("desk.case", case_id=case.id),
        "who": wording.who(entry),
        "what": _(wording.ENTRIES.get(entry.act, entry.act)),
        "when": times.moment(entry.at).striptags(),
    }
