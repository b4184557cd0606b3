"""What was typed survives: a form that could not be taken (session over, token gone) is kept and shown again.

Values are kept under the user that the signed cookie names, and only he gets them back. Files cannot be kept.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from engine.forms import drafts
from engine.forms.errors import DraftTooLarge, NoSuchDraft
from engine.kit import clock
from engine.kit.db import unit_of_work
from web import session

SECRETS = frozenset({"csrf_token", "password", "old", "new", "again"})


def form_page() -> str:
    """The address of the page with the form just posted: its own, else the one it came from, else the first page."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    if _is_page(request.path):
        # Without the number of a draft that was taken before: a second one takes its place.
        query = urlencode([(name, text) for name, text in request.args.items(multi=True) if name != "draft"])
        return f"{request.path}?{query}" if query else request.path
    came_from = urlsplit(request.referrer or "")
    return came_from._replace(scheme="", netloc="").geturl() if came_from.netloc == request.host else "/"


def sign_in_address() -> str:
    """Where to sign in and come back from."""
    query: dict[str, Any] = {"next": kept_page() if request.method == "POST" else form_page()}
    if session.is_over():
        query["over"] = "1"
    return url_for("signin.sign_in", **query)


def kept_page() -> str:
    """Keep what this request posted; the address of its page with the kept draft named in it."""
    page = form_page()
    user_id = session.named_user_id()
    typed = {name: values for name, values in request.form.lists() if name not in SECRETS}
    if user_id is None or not typed:
        return page
    try:
        with unit_of_work():
            draft_id = drafts.keep(user_id, page, typed, clock.now())
    except DraftTooLarge:
        return page
    return f"{page}{'&' if '?' in page else '?'}{urlencode({'draft': draft_id})}"


def taken_back() -> MultiDict[str, str] | None:
    """What the draft named in this address holds, if it is this user's; says so on the page."""
    actor, draft_id = session.actor_or_none(), request.args.get("draft", type=int)
    if actor is None or actor.id is None or draft_id is None:
        return None
    try:
        with unit_of_work():
            values = drafts.take(actor.id, draft_id)
    except NoSuchDraft:
        return None
    flash(_("What you typed is still here. Please check it and send it again; photos must be chosen again."), "info")
    return MultiDict(values)


def sent_to(address: str) -> Response:
    """A redirect that htmx follows with the whole page too."""
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": address})
    return Response(status=303, headers={"Location": address})


def own_address(address: str | None, default: str = "/") -> str:
    """``address`` when it leads to a page of this site, else ``default``: nobody is sent elsewhere after signing in."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or "\\" in address:
        return default
    return default if urlsplit(address).netloc else address


def _is_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter is not None and bool(adapter.match(path, method="GET"))
    except HTTPException:
        return False
