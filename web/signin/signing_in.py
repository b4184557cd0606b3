"""Signing in and out."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.kit import clock
from engine.organization import signing_in
from engine.organization.errors import SignInRefused
from web import keeping, session
from web.guards import open_to_all, requires
from web.signin import lockout
from web.signin.door import door


@door.route("/sign-in", methods=["GET", "POST"])
@open_to_all
def sign_in() -> ResponseReturnValue:
    """The sign-in page; afterwards back to where one came from."""
    if request.method == "GET":
        return _page()
    username = request.form.get("username", "").strip()
    before = session.named_user_id()
    try:
        user = signing_in.sign_in(
            username,
            request.form.get("password", ""),
            at=clock.now(),
            address=request.remote_addr,
            lockout=lockout.in_force(),
        )
    except SignInRefused as refusal:
        return _page(username=username, refusal=refusal), 422
    session.begin(user)
    return redirect(_destination(is_somebody_else=before not in (None, user.id)), 303)


@door.post("/sign-out")
@requires()
def sign_out() -> ResponseReturnValue:
    """End the session and clear what the browser kept of it."""
    signing_in.sign_out(session.current_user_row(), at=clock.now(), address=request.remote_addr)
    session.end()
    answer = redirect(url_for("signin.sign_in"), 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _page(*, username: str = "", refusal: SignInRefused | None = None) -> str:
    return render_template(
        "signin/sign_in.html",
        username=username,
        refusal=refusal,
        next=keeping.own_address(request.values.get("next")),
        is_over="over" in request.args,
    )


def _destination(*, is_somebody_else: bool) -> str:
    """Where the session ended; but a page of somebody else's is nobody's business: then the first page."""
    return "/" if is_somebody_else else keeping.own_address(request.form.get("next"))
