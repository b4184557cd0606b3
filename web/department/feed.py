"""A calendar feed of due dates at a secret address: one's own steps, or those of the departments that one leads."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from hashlib import sha256

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from engine.access import actors, feeds
from engine.access.actors import Actor
from engine.access.models import Feed
from engine.access.permissions import Permission
from engine.cases import load, worklist
from engine.cases.worklist import Work, WorkFilter
from engine.kit import clock
from web.department import icalendar
from web.department.door import door
from web.department.icalendar import Event
from web.desk import choices, wording
from web.guards import open_to_all, requires
from web.session import current_actor

MOST = 500
"""Entries of a feed; those that are due first come first."""
BEFORE, AFTER = timedelta(days=14), timedelta(days=60)
"""How far back a step that is still open is shown, and how far ahead."""
MOST_READS = 30
WINDOW = timedelta(minutes=10)
MOST_READERS = 10_000

# When each address, and each machine that asks for one, has read of late. Of this process only: a feed is read a few
# times an hour, and this is to stop who reads it in a loop.
_reads: OrderedDict[str, deque[datetime]] = OrderedDict()


@door.route("/me/calendar-feed", methods=["GET", "POST"])
@requires()
def feed() -> ResponseReturnValue:
    """Whether there is a feed; a new address is shown once, here, in the answer to the request that made it."""
    actor = current_actor()
    address = _opened(actor) if request.method == "POST" else ""
    page = render_template(
        "department/feed.html",
        feed=feeds.of(actor.id),
        address=address,
        may_lead=actor.faces[0].has(Permission.department_lead),
    )
    answer = Response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@door.post("/me/calendar-feed/closure")
@requires()
def close_feed() -> ResponseReturnValue:
    """The address leads nowhere any more."""
    feeds.close_feed(by=current_actor(), at=clock.now())
    flash(_("The feed is closed; its address leads nowhere any more."), "success")
    return redirect(url_for(".feed"), 303)


@door.get("/calendar/<token>.ics")
@open_to_all
def due_dates(token: str) -> ResponseReturnValue:
    """The feed itself, for calendar programs: they hold the address, and cannot sign in."""
    now = clock.now()
    if not (_may_read(f"from {request.remote_addr}", now) and _may_read(feeds.hashed(token), now)):
        abort(429, response=Response(status=429, headers={"Retry-After": str(int(WINDOW.total_seconds()))}))
    found = feeds.find(token)
    actor = actors.load(found.user_id, at=now) if found is not None else None
    if found is None or actor is None:
        abort(404)
    with force_locale(actor.locale):
        file = icalendar.written(_events(found, actor, now), name=_("CityLoop due dates"), at=now)
    return _answered(file)


def _answered(file: bytes) -> Response:
    answer = Response(file, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=600"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _opened(actor: Actor) -> str:
    may_lead = actor.faces[0].has(Permission.department_lead)
    is_of_department = may_lead and request.form.get("of") == "department"
    token = feeds.open_feed(is_of_department=is_of_department, by=actor, at=clock.now())
    return url_for(".due_dates", token=token, _external=True)


def _events(found: Feed, actor: Actor, now: datetime) -> list[Event]:
    return [_event(work) for work in _works(found, actor, now) if work.task.due_at is not None]


def _works(found: Feed, actor: Actor, now: datetime) -> list[Work]:
    """What is due; whoever leads no department any more has his own steps again."""
    begin, end = now - BEFORE, now + AFTER
    if found.is_of_department and actor.has(Permission.department_lead):
        return load.due_between(actor.reach.department_ids, begin, end, most=MOST)
    rows = worklist.find(WorkFilter(), actor, at=now, size=MOST).rows
    return [work for work in rows if work.task.due_at is not None and begin <= work.task.due_at < end]


def _event(work: Work) -> Event:
    """Step, kind of problem and number. Neither description nor place: a citizen's words have no business outside."""
    category = choices.name_of(work.case.category) if work.case.category is not None else _("not categorised yet")
    step = wording.step(work.task.name, work.task.act)
    return Event(
        uid=f"{sha256(work.task.id.encode()).hexdigest()[:32]}@cityloop",
        due_at=work.task.due_at or clock.now(),
        summary=f"{step} · {category} · {work.case.number}",
        url=url_for("desk.case", case_id=work.case.id, _external=True),
    )


def _may_read(reader: str, now: datetime) -> bool:
    reads = _reads.setdefault(reader, deque())
    _reads.move_to_end(reader)
    if len(_reads) > MOST_READERS:
        _reads.popitem(last=False)
    while reads and (reads[0] <= now - WINDOW or reads[0] > now):
        reads.popleft()
    if len(reads) >= MOST_READS * (10 if reader.startswith("from ") else 1):
        return False
    reads.append(now)
    return True
