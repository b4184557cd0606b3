"""The blueprint of administration, and its menu."""

from dataclasses import dataclass

from flask import Blueprint, current_app, request

from engine.access.permissions import Permission
from engine.calendars import queries as calendars
from engine.calendars.queries import MissingYear
from engine.kit import clock
from engine.kit.i18n import N_
from web import guards, session

P = Permission
door = Blueprint("admin", __name__, url_prefix="/admin")


@dataclass(frozen=True)
class Item:
    """A page: its name, its endpoint, and, in the menu, the first part of the addresses that belong to it."""

    name: str
    endpoint: str
    prefix: str = ""


MENU: tuple[tuple[str, tuple[Item, ...]], ...] = (
    (
        N_("People and rights"),
        (
            Item(N_("People"), "admin.people", "/admin/people"),
            Item(N_("Departments"), "admin.departments", "/admin/departments"),
            Item(N_("Posts"), "admin.posts", "/admin/posts"),
            Item(N_("Roles"), "admin.roles", "/admin/roles"),
        ),
    ),
    (
        N_("Business"),
        (
            Item(N_("Catalogue"), "admin.catalogue", "/admin/catalogue"),
            Item(N_("Authority list"), "admin.authority", "/admin/authority"),
            Item(N_("Decision tables"), "studio.tables", "/studio/tables"),
            Item(N_("Calendars"), "admin.calendars", "/admin/calendars"),
            Item(N_("Processes"), "studio.processes", "/studio"),
            Item(N_("Forms"), "studio.forms", "/studio/forms"),
            Item(N_("Statistics"), "admin.statistics", "/admin/statistics"),
        ),
    ),
    (
        N_("Running"),
        (
            Item(N_("Settings"), "admin.settings", "/admin/settings"),
            Item(N_("Escalation"), "admin.escalation", "/admin/escalation"),
            Item(N_("Running processes"), "studio.watch", "/studio/watch"),
            Item(N_("Incidents"), "admin.incidents", "/admin/incidents"),
            Item(N_("Deliveries"), "admin.deliveries", "/admin/deliveries"),
            Item(N_("Import reports"), "admin.imports", "/admin/imports"),
            Item(N_("Audit log"), "admin.audit", "/admin/audit"),
        ),
    ),
)


def menu() -> list[tuple[str, list[Item]]]:
    """The groups of the menu with the pages that this person may enter; empty groups are left out."""
    actor, views = session.current_actor(), current_app.view_functions
    open_items = [
        (name, [item for item in items if item.endpoint in views and guards.may_enter(actor, item.endpoint)])
        for name, items in MENU
    ]
    return [(name, items) for name, items in open_items if items]


def calendar_warnings() -> list[MissingYear]:
    """Years of working calendars that are missing, for who may enter them."""
    may = session.current_actor().has(P.calendar_manage)
    return calendars.warnings(clock.now()) if may else []


@door.context_processor
def _shared() -> dict[str, object]:
    return {
        "admin_menu": menu,
        "calendar_warnings": calendar_warnings,
        "is_here": lambda item: f"{request.path}/".startswith(f"{item.prefix}/"),
    }
