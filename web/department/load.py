"""The load of a department's people, and the steps behind each number, from where they can be given away."""

from collections.abc import Collection, Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.attachments import queries as attachments
from engine.cases import load, worklist
from engine.cases.load import Load
from engine.kit import clock
from engine.kit.i18n import N_
from engine.organization import queries as organization
from engine.organization.models import User
from web.department import giving
from web.department.door import door
from web.edge import reads_first
from web.guards import requires
from web.session import current_actor

PAGE_SIZE = 50
VIEWS = {
    "open": N_("All open"),
    "overdue": N_("Overdue"),
    "soon": N_("Due soon"),
    "done": N_("Done in 7 days"),
}


@door.get("/department", strict_slashes=False)
@requires(Permission.department_lead)
def index() -> ResponseReturnValue:
    """Who has how much in hand, what is late, and what nobody has."""
    found = load.of_people(led(), at=clock.now())
    nobody, people = found[0], [one for one in found[1:] if one.user is not None]
    return render_template(
        "department/load.html",
        nobody=nobody,
        people=people,
        whole=_sum(found),
        most=max((one.open for one in people), default=0),
        departments=organization.names_of(led()),
    )


@door.get("/department/steps")
@requires(Permission.department_lead)
def steps() -> ResponseReturnValue:
    """The open steps behind a number, or what was done of late."""
    return steps_page(giving.Given())


@door.post("/department/reassignments")
@requires(Permission.department_lead)
@reads_first
def reassign() -> ResponseReturnValue:
    """Give the ticked steps to one person: each for itself, and then what became of each."""
    given = giving.typed(load.people(led()))
    if given.errors:
        return steps_page(given), 422
    results = giving.give(given, current_actor(), clock.now())
    return render_template("department/given.html", results=results, person=given.person)


def led() -> Collection[int]:
    """Ids of the departments that the reader leads, with those below."""
    return current_actor().reach.department_ids


def steps_page(given: giving.Given) -> str:
    """The list of steps that the address asks for; ``given`` is what was typed below it."""
    shown = request.values.get("show", "open")
    shown = shown if shown in VIEWS else "open"
    whom, now = request.values.get("person", type=int), clock.now()
    number = max(1, request.values.get("page", 1, type=int))
    people = load.people(led())
    past = load.done(led(), whom, at=now, page=number, size=PAGE_SIZE) if shown == "done" else None
    open_ = load.steps(led(), whom, shown, at=now, page=number, size=PAGE_SIZE) if past is None else None
    holders = {row.task.assignee_id for row in open_.rows if row.task.assignee_id} if open_ is not None else set()
    page = past or open_
    return render_template(
        "department/steps.html",
        page=page,
        shown=shown,
        person=whom,
        names=load.names_of(holders),
        given=given,
        choices=[("", _("Please choose")), *((one.id, one.name) for one in people)],
        views=_views(shown, whom),
        photos=attachments.first_photos("case", [row.case.id for row in page.rows]) if page is not None else {},
        lamp_of=lambda row: worklist.lamp_of(row.task, row.case, now),
        whose=_whose(whom, people),
    )


def _whose(person: int | None, people: Sequence[User]) -> str:
    if person is None:
        return ""
    if person == load.NOBODY:
        return _("nobody by name")
    known = {one.id: one.name for one in people}
    return known.get(person) or load.names_of([person]).get(person, "")


def _views(shown: str, person: int | None) -> list[dict[str, object]]:
    return [
        {"name": _(label), "address": url_for(".steps", show=name, person=person), "is_here": name == shown}
        for name, label in VIEWS.items()
        if name != "done" or person != load.NOBODY
    ]


def _sum(found: Collection[Load]) -> Load:
    whole = Load(None)
    for one in found:
        whole.open += one.open
        whole.overdue += one.overdue
        whole.soon += one.soon
        whole.done += one.done
        whole.spent += one.spent
    return whole
