"""Moving running cases to another version: groups and mapping, the start, progress, what was left, taking back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.studio import grouping, migrations, moved_cases
from engine.studio.models import Migration, MigrationState
from web import languages, progress
from web.confirming import asks_first
from web.guards import requires
from web.session import current_actor
from web.studio import versions
from web.studio.door import door

CASE_STATES = {
    "moved": N_("moved"),
    "went_on": N_("somebody has gone on with it"),
    "returned": N_("taken back"),
}
MAPPED = "map."
STATES = {
    "running": N_("under way"),
    "done": N_("done"),
    "cancelled": N_("cancelled"),
    "returning": N_("being taken back"),
    "returned": N_("taken back"),
}


@door.route("/versions/<int:definition_id>/migrations/<int:other_id>", methods=["GET", "POST"])
@requires(Permission.process_migrate)
def groups(definition_id: int, other_id: int) -> ResponseReturnValue:
    """Where the running cases stand, whether they can move, and a mapping of what is missing; and the start.

    With "look", the form only shows what its mapping does.
    """
    if request.method == "GET" or "look" in request.form:
        return _page(definition_id, other_id)
    try:
        run = migrations.begin(
            definition_id, other_id, mapping(), request.form.getlist("groups"),
            reason=request.form.get("reason", ""), by=current_actor(), at=clock.now(),
        )  # fmt: skip
    except Invalid as refusal:
        db.session.rollback()
        return _page(definition_id, other_id, refusal), 422
    return redirect(url_for(".migration", migration_id=run.id), 303)


@door.get("/migrations/<int:migration_id>")
@requires(Permission.process_migrate)
def migration(migration_id: int) -> ResponseReturnValue:
    """Progress; the part that changes is asked for again every second while it runs."""
    run = migrations.get(migration_id)
    return progress.page("studio/migration.html", **_shown(run))


@door.post("/migrations/<int:migration_id>/cancellation")
@requires(Permission.process_migrate)
def cancel_migration(migration_id: int) -> ResponseReturnValue:
    """Leave the rest where it is."""
    migrations.cancel(migration_id, by=current_actor(), at=clock.now())
    flash(_("Cancelled. What has moved stays moved."), "success")
    return redirect(url_for(".migration", migration_id=migration_id), 303)


@door.post("/migrations/<int:migration_id>/continuation")
@requires(Permission.process_migrate)
def continue_migration(migration_id: int) -> ResponseReturnValue:
    """Take a cancelled one up again."""
    migrations.go_on(migration_id, by=current_actor(), at=clock.now())
    flash(_("It goes on."), "success")
    return redirect(url_for(".migration", migration_id=migration_id), 303)


@door.post("/migrations/<int:migration_id>/return")
@requires(Permission.process_migrate)
@asks_first(
    N_("Take the cases back"),
    N_("Every case that nobody has gone on with since returns to the version that it came from. The others stay."),
)
def return_migration(migration_id: int) -> ResponseReturnValue:
    """Undo it, for one group or for all, as far as nobody has gone on."""
    group = request.form.get("group") or None
    migrations.take_back(migration_id, group=group, by=current_actor(), at=clock.now())
    flash(_("The cases are being taken back."), "success")
    return redirect(url_for(".migration", migration_id=migration_id), 303)


@door.post("/migrations/<int:migration_id>/cases/<int:step_id>/return")
@requires(Permission.process_migrate)
def return_case(migration_id: int, step_id: int) -> ResponseReturnValue:
    """Undo it for one case, at once, or say why that cannot be."""
    result = migrations.take_one_back(migration_id, step_id, by=current_actor(), at=clock.now())
    if result.state == "undone":
        flash(_("The case is back on the version that it came from."), "success")
    else:
        flash(" ".join(why.told(languages.chosen()) for why in result.reasons), "danger")
    return redirect(url_for(".migration", migration_id=migration_id, page=request.form.get("page") or None), 303)


def mapping() -> dict[str, str]:
    """What the form says of nodes: "map.old" = new."""
    given = {name.removeprefix(MAPPED): value for name, value in request.form.items() if name.startswith(MAPPED)}
    return {key: value for key, value in given.items() if value}


def _page(definition_id: int, other_id: int, refusal: Invalid | None = None) -> str:
    before, after = versions.find(definition_id), versions.find(other_id)
    source, target = migrations.versions(before.id, after.id)
    return render_template(
        "studio/groups.html",
        before=before,
        after=after,
        overview=grouping.overview(source, target, mapping() if request.method == "POST" else None),
        chosen=request.form.getlist("groups") if request.method == "POST" and "look" not in request.form else None,
        refusal=refusal,
    )


def _shown(run: Migration) -> dict[str, object]:
    is_back = run.state in {MigrationState.returning, MigrationState.returned}
    done = run.returned + run.kept if is_back else run.moved + run.left
    may_return = run.state in {MigrationState.done, MigrationState.cancelled}
    return {
        "run": run,
        "run_states": STATES,
        "case_states": CASE_STATES,
        "before": versions.find(run.from_id),
        "after": versions.find(run.to_id),
        "is_back": is_back,
        "done": done,
        "total": done + moved_cases.to_return(run) if is_back else run.total,
        "is_working": run.state in MigrationState.working(),
        "groups": moved_cases.groups(run),
        "may_return": may_return and run.moved > run.returned,
        "place_of": lambda key: _(", ").join(run.places.get(key or "", [])),
        **_cases(run),
    }


def _cases(run: Migration) -> dict[str, object]:
    """One page of those that moved, or of those that stayed.

    Administrators see a case's number, as they do in the audit log, and nothing else of it.
    """
    page = max(1, request.args.get("page", 1, type=int))
    if request.args.get("which") == "stayed":
        return {"which": "stayed", "cases": moved_cases.left(run, page=page)}
    return {"which": "moved", "cases": moved_cases.moved(run, group=request.args.get("group"), page=page)}
