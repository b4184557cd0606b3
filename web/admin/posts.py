"""Posts: in which roles people serve, and so what they may do. The security administrator gives them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access import delegating
from engine.access import queries as access
from engine.access.models import Delegation
from engine.access.permissions import LABELS, SCOPE_LABELS, Permission
from engine.forms import catalogue as forms
from engine.grids import queries as grids
from engine.grids.models import ResponsibilityGrid
from engine.kit import clock
from engine.kit.db import db
from engine.kit.i18n import N_
from engine.organization import hiring, queries
from engine.organization.models import User
from web.admin import choices
from web.admin.door import door
from web.confirming import asks_first
from web.filling import Filling
from web.guards import requires
from web.session import current_actor


@door.get("/posts")
@requires(Permission.access_manage)
def posts() -> ResponseReturnValue:
    """Everybody with the posts held."""
    page = queries.page_of_people(
        request.args.get("q", ""),
        lacking=request.args.get("lacking", ""),
        page=request.args.get("page", 1, type=int),
    )
    return render_template(
        "admin/posts.html",
        page=page,
        roles=access.names(),
        beats=choices.names_of_beats(page.rows),
        gaps=choices.GAPS,
    )


@door.route("/posts/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.access_manage)
def posts_of(user_id: int) -> ResponseReturnValue:
    """One person's posts; give one more."""
    user = queries.user(user_id)
    options = {"department_id": choices.departments(), "role": choices.roles(), "grid_id": choices.grids()}
    filling = Filling(forms.load("post"), options=options)
    if filling.done(choices.beside("role", lambda values: _give(user, values))):
        flash(_("The post is given."), "success")
        return redirect(url_for(".posts_of", user_id=user_id), 303)
    page = render_template(
        "admin/posts_of.html",
        user=user,
        filling=filling,
        roles=access.names(),
        scopes=SCOPE_LABELS,
        grids={grid.id: grid for grid in grids.responsibility_grids()},
        effective=access.effective(user_id),
        labels=LABELS,
        lent=_lent(user_id),
    )
    return page, filling.status


@door.post("/posts/<int:user_id>/<int:post_id>/end")
@requires(Permission.access_manage)
@asks_first(N_("End the post"), N_("What the person could see and do by this post ends at once."))
def end_post(user_id: int, post_id: int) -> ResponseReturnValue:
    """Take one post away."""
    user = queries.user(user_id)
    kept = [service for id, service in _services(user).items() if id != post_id]
    hiring.give_posts(user, kept, by=current_actor(), at=clock.now())
    flash(_("The post has ended."), "success")
    return redirect(url_for(".posts_of", user_id=user_id), 303)


def _lent(user_id: int) -> list[Delegation]:
    """In whose name this person acts just now."""
    now = clock.now()
    running = delegating.of_person(user_id, at=now)
    return [one for one in running if one.to_user_id == user_id and one.starts_at <= now]


def _give(user: User, values: dict[str, Any]) -> None:
    grid = db.session.get(ResponsibilityGrid, int(values["grid_id"])) if values.get("grid_id") else None
    added = (queries.department(values["department_id"]), values["role"], grid)
    hiring.give_posts(user, [*_services(user).values(), added], by=current_actor(), at=clock.now())


def _services(user: User) -> dict[int, hiring.Service]:
    codes = {id: role.code for id, role in access.names().items()}
    return {post.id: (post.department, codes[post.role_id], _grid(post.responsibility_grid_id)) for post in user.posts}


def _grid(grid_id: int | None) -> ResponsibilityGrid | None:
    return db.session.get(ResponsibilityGrid, grid_id) if grid_id else None
