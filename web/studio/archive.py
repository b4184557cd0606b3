"""One archive: what it would change here, handing it in, and the second person's review."""

from datetime import datetime
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import CityLoopError, Conflict, Invalid, NotAllowed, NotFound
from engine.kit.i18n import N_
from engine.kit.paging import Page
from engine.studio import archives
from engine.studio.archive_comparing import Difference
from engine.studio.archive_models import ArchiveState, ConfigurationArchive
from engine.studio.parts import registry
from web.confirming import asks_first
from web.errors import status_of
from web.guards import requires
from web.session import current_actor
from web.studio.archive_words import sentence, told, words_of
from web.studio.archives import ARCHIVE_STATES, sent
from web.studio.door import door
from web.studio.versions import names_of

P = Permission
SHOWN = 50
"""Differences on one page."""


@door.get("/archives/<int:archive_id>")
@requires(P.configuration_carry, P.configuration_review)
def archive(archive_id: int) -> ResponseReturnValue:
    """What it is, part by part what it would change, and what may be done with it."""
    return _page(archives.find(archive_id))


@door.get("/archives/<int:archive_id>/parts/<name>")
@requires(P.configuration_carry, P.configuration_review)
def archive_part(archive_id: int, name: str) -> ResponseReturnValue:
    """Everything in one part that is different here, with what it is and what it would be."""
    row = archives.find(archive_id)
    if name not in row.differences:
        raise NotFound
    found = [Difference.of(plain) for plain in row.differences[name]]
    number = min(max(request.args.get("page", 1, type=int), 1), len(found) // SHOWN + 1)
    page = Page(found[(number - 1) * SHOWN : number * SHOWN], number, SHOWN, len(found))
    return render_template("studio/archive_part.html", row=row, part=registry.find(name), page=page,
                           told=partial(told, words=words_of(name)))  # fmt: skip


@door.get("/archives/<int:archive_id>/file")
@requires(P.configuration_carry, P.configuration_review)
def archive_file(archive_id: int) -> ResponseReturnValue:
    """The file as it came."""
    row = archives.find(archive_id)
    return sent(row.content, row.digest[:12])


@door.post("/archives/<int:archive_id>/submission")
@requires(P.configuration_carry)
def submit_archive(archive_id: int) -> ResponseReturnValue:
    """Hand some of its parts in, with a note."""
    form = request.form
    try:
        archives.submit(archive_id, form.getlist("part"), removing=form.getlist("removing"), note=form.get("note", ""),
                        by=current_actor(), at=clock.now())  # fmt: skip
    except (Invalid, Conflict) as refusal:
        return _refused(archive_id, refusal)
    flash(_("Handed in. Somebody who did not bring it in reviews it now."), "success")
    return redirect(url_for(".archive", archive_id=archive_id), 303)


@door.post("/archives/<int:archive_id>/comparison")
@requires(P.configuration_carry)
def compare_archive(archive_id: int) -> ResponseReturnValue:
    """Compare it with what is in force now."""
    archives.compare_again(archive_id, by=current_actor(), at=clock.now())
    flash(_("Compared again with what is in force now."), "success")
    return redirect(url_for(".archive", archive_id=archive_id), 303)


@door.post("/archives/<int:archive_id>/approval")
@requires(P.configuration_review)
@asks_first(N_("Agree and put it in force"), N_("The chosen parts hold for everybody at once, all of them or none."))
def approve_archive(archive_id: int) -> ResponseReturnValue:
    """Agree, and so put it in force."""
    try:
        archives.approve(archive_id, note=request.form.get("note", ""), by=current_actor(), at=clock.now())
    except (Invalid, Conflict, NotAllowed) as refusal:
        return _refused(archive_id, refusal)
    flash(_("In force. What was before is kept, and can be brought back in the same way."), "success")
    return redirect(url_for(".archive", archive_id=archive_id), 303)


@door.post("/archives/<int:archive_id>/rejection")
@requires(P.configuration_review)
def return_archive(archive_id: int) -> ResponseReturnValue:
    """Return it with a reason."""
    try:
        archives.send_back(archive_id, reason=request.form.get("reason", ""), by=current_actor(), at=clock.now())
    except Invalid as refusal:
        return _refused(archive_id, refusal)
    flash(_("Returned to whoever handed it in."), "success")
    return redirect(url_for(".list_archives"), 303)


@door.post("/archives/<int:archive_id>/discarding")
@requires(P.configuration_carry)
def discard_archive(archive_id: int) -> ResponseReturnValue:
    """Give it up."""
    archives.discard(archive_id, by=current_actor(), at=clock.now())
    flash(_("The archive was given up. Nothing of it is in force."), "success")
    return redirect(url_for(".list_archives"), 303)


@door.post("/archives/<int:archive_id>/repetition")
@requires(P.configuration_carry)
def bring_archive_again(archive_id: int) -> ResponseReturnValue:
    """Bring the same file in once more: the way back, or a look at what has changed since it was applied."""
    row = archives.bring_again(archive_id, by=current_actor(), at=clock.now())
    return redirect(url_for(".archive", archive_id=row.id), 303)


def _refused(archive_id: int, refusal: CityLoopError) -> ResponseReturnValue:
    db.session.rollback()
    return _page(archives.find(archive_id), refusal), status_of(refusal)


def _page(row: ConfigurationArchive, refusal: CityLoopError | None = None) -> str:
    people = {row.brought_by_id, row.submitted_by_id, row.reviewed_by_id}
    return render_template(
        "studio/archive.html",
        row=row,
        looks=[(registry.find(one["part"]), one) for one in row.parts],
        names=names_of(people),
        made_at=_moment(row.made_at),
        archive_states=ARCHIVE_STATES,
        is_open=row.state in ArchiveState.open_states(),
        why_not=_why_not(row),
        refusal=refusal,
        told=lambda part, text: told(text, words_of(part)),
        sentence=sentence,
    )


def _why_not(row: ConfigurationArchive) -> CityLoopError | None:
    """Why the reader may not agree to what was handed in, if he may not."""
    try:
        archives.check_may_agree(row, current_actor())
    except NotAllowed as refusal:
        return refusal
    return None


def _moment(text: str) -> datetime | None:
    """When it was made, by its own word; None where that is no moment."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
