"""The home of application maintenance (应用维护): its seven parts, what each holds, and what should be looked after."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from flask import current_app, render_template

from engine.access import gaps as rights
from engine.access.permissions import Permission
from engine.catalog import code_system
from engine.catalog import queries as catalog
from engine.dispatch_rules import queries as dispatch_rules
from engine.kit import clock
from engine.kit.i18n import N_
from engine.notifications import queries as notifications
from engine.notifications.models import DeliveryState
from engine.organization import gaps as people
from engine.settings import queries as settings
from engine.statistics import queries as statistics
from engine.studio import designing
from engine.studio import standing as processes
from web import guards
from web.admin.door import Item, door
from web.session import current_actor

P = Permission
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """A count under its name, and the page that shows what it counts; ``is_wrong`` asks to be looked after."""

    name: str
    count: int
    endpoint: str
    given: dict[str, str] = field(default_factory=dict)
    is_wrong: bool = False


class Counts:
    """What several parts look at is counted once a page."""

    @cached_property
    def people(self) -> people.Standing:
        """How people and departments stand."""
        return people.standing()

    @cached_property
    def processes(self) -> processes.Standing:
        """How processes and forms stand."""
        return processes.standing()


@dataclass(frozen=True)
class Part:
    """One of the seven: the pages where its work is done, the main one first, and how its counts are taken."""

    name: str
    icon: str
    about: str
    pages: tuple[Item, ...]
    count: Callable[[Counts], Iterator[Line]]


@dataclass(frozen=True)
class Shown:
    """A part as one person sees it: the pages that he may enter, and the counts that lead to them."""

    part: Part
    pages: list[Item]
    lines: list[Line]


@door.get("/")
@guards.requires(
    P.organization_manage,
    P.catalog_manage,
    P.calendar_manage,
    P.dispatch_rules_manage,
    P.settings_manage,
    P.statistics_manage,
    P.process_manage,
    P.process_watch,
    P.decision_manage,
    P.incident_manage,
    P.import_reports,
    P.access_manage,
    P.audit_read,
)
def index() -> str:
    """The parts of which this person may enter a page; nothing is counted of the others."""
    counts = Counts()
    shown = [_shown(part, counts) for part in PARTS if any(_is_open(page.endpoint) for page in part.pages)]
    return render_template("admin/home.html", sheets=shown)


def _shown(part: Part, counts: Counts) -> Shown:
    pages = [page for page in part.pages if _is_open(page.endpoint)]
    lines = [line for line in part.count(counts) if _is_open(line.endpoint)]
    return Shown(part, pages, sorted(lines, key=lambda line: not line.is_wrong))


def _is_open(endpoint: str) -> bool:
    return endpoint in current_app.view_functions and guards.may_enter(current_actor(), endpoint)


def _wrong(name: str, count: int, endpoint: str, **values: str) -> Iterator[Line]:
    """A line that is there only while there is something to look after."""
    if count:
        yield Line(name, count, endpoint, values, is_wrong=True)


def _departments(counts: Counts) -> Iterator[Line]:
    found = counts.people
    yield Line(N_("Departments"), found.departments, "admin.departments")
    yield from _wrong(
        N_("Departments without a head"), len(rights.departments_without_head()), "admin.departments", without="head"
    )
    if found.merged:
        yield Line(N_("Merged into others"), found.merged, "admin.departments")


def _people(counts: Counts) -> Iterator[Line]:
    found = counts.people
    yield Line(N_("Accounts in use"), found.people, "admin.people")
    yield from _wrong(N_("People without a post"), found.without_post, "admin.people", lacking="post")
    yield Line(N_("Never signed in"), found.never_signed_in, "admin.people", {"lacking": "sign_in"})


def _rights(counts: Counts) -> Iterator[Line]:
    held = rights.held()
    yield Line(N_("Roles"), len(held.roles), "admin.roles")
    yield from _wrong(N_("Roles in which nobody serves"), held.empty_roles, "admin.roles")
    yield from _wrong(N_("Permissions that nobody has"), held.empty_permissions, "admin.roles")
    yield from _wrong(N_("People without a post"), counts.people.without_post, "admin.posts", lacking="post")


def _processes(counts: Counts) -> Iterator[Line]:
    found = counts.processes
    yield Line(N_("Processes in force"), found.in_force, "studio.processes")
    yield Line(N_("Drafts being drawn"), found.drawing, "studio.processes")
    yield from _wrong(N_("Drafts waiting for review"), found.to_review, "studio.processes")
    yield from _wrong(N_("Suspended versions"), found.suspended, "studio.processes")
    yield from _wrong(N_("Open incidents"), found.incidents, "admin.incidents")


def _forms(counts: Counts) -> Iterator[Line]:
    yield Line(N_("Forms"), len(designing.names()), "studio.forms")
    yield Line(N_("Forms being designed"), counts.processes.form_drafts, "studio.forms")


def _statistics(_: Counts) -> Iterator[Line]:
    used, retired = statistics.counts()
    yield Line(N_("Statistics in use"), used, "admin.statistics")
    if retired:
        yield Line(N_("Retired statistics"), retired, "admin.statistics")


def _configuration(_: Counts) -> Iterator[Line]:
    changed = sum(one.changed_at is not None for one in settings.listed())
    yield Line(N_("Settings changed since delivery"), changed, "admin.settings")
    categories = catalog.count(code_system=code_system.current())
    yield Line(N_("Subcategories in use"), categories, "admin.catalogue")
    yield Line(N_("Rules of the authority list"), dispatch_rules.count(), "admin.authority")
    states = notifications.counts(clock.now() - LATELY)
    lost = sum(states.get(state.value, 0) for state in DeliveryState.troubled())
    yield from _wrong(N_("Messages of this week that did not arrive"), lost, "admin.deliveries")


PARTS = (
    Part(
        N_("Departments"),
        "building",
        N_("The tree of the city's departments, streets and enterprises."),
        (Item(N_("Departments"), "admin.departments"),),
        _departments,
    ),
    Part(
        N_("People"),
        "people",
        N_("Who has an account, and how to reach them."),
        (Item(N_("People"), "admin.people"),),
        _people,
    ),
    Part(
        N_("Rights"),
        "key",
        N_("In which roles people serve, and what a role may see and do."),
        (Item(N_("Posts"), "admin.posts"), Item(N_("Roles"), "admin.roles")),
        _rights,
    ),
    Part(
        N_("Processes"),
        "diagram-3",
        N_("The ways that cases go: drawn, reviewed, published, watched."),
        (
            Item(N_("Process studio"), "studio.processes"),
            Item(N_("Running processes"), "studio.watch"),
            Item(N_("Incidents"), "admin.incidents"),
        ),
        _processes,
    ),
    Part(
        N_("Forms"),
        "card-checklist",
        N_("What people fill in at the steps of a case."),
        (Item(N_("Forms"), "studio.forms"),),
        _forms,
    ),
    Part(
        N_("Statistics"),
        "bar-chart-line",
        N_("The city's own tables, for readers of assessments."),
        (Item(N_("Statistics"), "admin.statistics"),),
        _statistics,
    ),
    Part(
        N_("Configuration"),
        "gear",
        N_("What is written into the program's lists, calendars and settings, and what it did."),
        (
            Item(N_("Settings"), "admin.settings"),
            Item(N_("Catalogue"), "admin.catalogue"),
            Item(N_("Authority list"), "admin.authority"),
            Item(N_("Decision tables"), "studio.tables"),
            Item(N_("Calendars"), "admin.calendars"),
            Item(N_("Escalation"), "admin.escalation"),
            Item(N_("Deliveries"), "admin.deliveries"),
            Item(N_("Import reports"), "admin.imports"),
            Item(N_("Configuration archives"), "studio.list_archives"),
            Item(N_("Audit log"), "admin.audit"),
        ),
        _configuration,
    ),
)
"""机构、人员、权限、流程、表单、统计、系统配置 of the application maintenance that CJJ/T 106 asks for."""
