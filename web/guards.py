"""Who may enter which page. Every view carries one of two marks; a view without one asks for a signed-in user."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.kit.errors import NotAllowed
from web import keeping, session

View = TypeVar("View", bound=Callable[..., Any])
OPEN = "__open_to_all__"
PERMISSIONS = "__permissions__"


def open_to_all(view: View) -> View:
    """Nobody needs to sign in here: the sign-in page, the health check."""
    setattr(view, OPEN, True)
    return view


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Only for those who hold at least one of ``permissions``; without any, for everybody who is signed in.

    Put it below the route: ``@door.get("/work")`` then ``@requires(Permission.case_accept)``.
    """

    def mark(view: View) -> View:
        setattr(view, PERMISSIONS, permissions)
        return view

    return mark


def may_enter(actor: Actor, endpoint: str) -> bool:
    """Would this person be let in there? Menus ask, so that they show no closed doors."""
    permissions = getattr(current_app.view_functions[endpoint], PERMISSIONS, ())
    return not permissions or any(actor.has(permission) for permission in permissions)


def init_app(app: Flask) -> None:
    """Ask at every request, before its transaction begins."""
    app.before_request(_admit)


def _admit() -> ResponseReturnValue | None:
    if request.endpoint in (None, "static") or getattr(current_app.view_functions[request.endpoint], OPEN, False):
        return None
    actor = session.actor_or_none()
    if actor is None:
        return ask_to_sign_in()
    if not may_enter(actor, request.endpoint):
        raise NotAllowed
    return None


def ask_to_sign_in() -> ResponseReturnValue:
    """To the sign-in page and back. What was typed into a form of a session that is over is kept meanwhile."""
    if wants_json():
        raise session.NotSignedIn
    return keeping.sent_to(keeping.sign_in_address())


def wants_json() -> bool:
    """Is it a program that asks, rather than a browser?"""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" or request.path.startswith("/api/")
