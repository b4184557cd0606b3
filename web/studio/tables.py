"""Decision tables: what there is, the editor of a draft, and putting one in force."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.decisions import drafting, publishing, queries, vocabulary
from engine.decisions.content import Content, from_json
from engine.decisions.models import DecisionTable, TableState
from engine.decisions.vocabulary import Decision
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import CityLoopError, Conflict, Invalid
from web import languages
from web.guards import requires
from web.session import current_actor
from web.studio import table_form
from web.studio.door import door, sent_revision
from web.studio.table_sheet import Sheet
from web.studio.versions import names_of

P = Permission


@dataclass(frozen=True)
class Shelf:
    """One decision as the list shows it."""

    decision: Decision
    tables: list[DecisionTable]

    @property
    def active(self) -> DecisionTable | None:
        """The version in force."""
        return next((one for one in self.tables if one.state == TableState.active), None)

    @property
    def draft(self) -> DecisionTable | None:
        """The open draft."""
        return next((one for one in self.tables if one.state == TableState.draft), None)

    @property
    def versions(self) -> list[DecisionTable]:
        """Versions that are, or were, in force."""
        return [one for one in self.tables if one.state != TableState.draft]


@door.get("/tables")
@requires(P.decision_manage)
def tables() -> ResponseReturnValue:
    """Every decision that a table can be made for: what is in force, what was, what is being changed."""
    return listed()


@door.post("/tables/<decision>/drafts")
@requires(P.decision_manage)
def begin_table(decision: str) -> ResponseReturnValue:
    """Begin to change a decision's table."""
    draft = drafting.begin(decision, by=current_actor(), at=clock.now())
    return redirect(url_for(".table", table_id=draft.id), 303)


@door.get("/tables/<int:table_id>")
@requires(P.decision_manage)
def table(table_id: int) -> ResponseReturnValue:
    """The editor of a draft; a version to look at."""
    return page(queries.get(table_id))


@door.post("/tables/<int:table_id>/revisions")
@requires(P.decision_manage)
def save_table(table_id: int) -> ResponseReturnValue:
    """Keep what was typed, right or wrong, and do what the button asks for."""
    wish = table_form.asked(request.form)
    try:
        content = table_form.arranged(_typed(table_id), wish, request.form)
        drafting.save(table_id, content, revision=sent_revision(), by=current_actor(), at=clock.now())
    except (Invalid, Conflict) as refusal:
        return _refused(table_id, refusal)
    if not wish.act:
        flash(_("Saved. Nothing of it is in force yet."), "success")
    return redirect(url_for(".table", table_id=table_id, _anchor=wish.anchor), 303)


@door.post("/tables/<int:table_id>/publication")
@requires(P.decision_manage)
def publish_table(table_id: int) -> ResponseReturnValue:
    """Keep what was typed, and put it in force."""
    form, by, at = request.form, current_actor(), clock.now()
    try:
        saved = drafting.save(table_id, _typed(table_id), revision=sent_revision(), by=by, at=at)
        published = publishing.publish(table_id, revision=saved.revision, note=form.get("note", ""),
                                       has_read="has_read" in form, by=by, at=at)  # fmt: skip
    except (Invalid, Conflict) as refusal:
        return _refused(table_id, refusal)
    flash(_("Version %(version)s is in force from now on.", version=published.version), "success")
    return redirect(url_for(".table", table_id=table_id), 303)


@door.post("/tables/<int:table_id>/discarding")
@requires(P.decision_manage)
def discard_table(table_id: int) -> ResponseReturnValue:
    """Give a draft up."""
    drafting.discard(table_id, by=current_actor(), at=clock.now())
    flash(_("The draft was discarded. Nothing of it is in force."), "success")
    return redirect(url_for(".tables"), 303)


def page(row: DecisionTable, refusal: CityLoopError | None = None, content: Content | None = None) -> str:
    """The editor, or the version, with ``content`` in place of what was saved."""
    decision = vocabulary.get(row.decision)
    sheet = Sheet(row, decision, (content or from_json(row.content)).tidied(decision))
    is_draft = row.state == TableState.draft
    return render_template(
        "studio/table.html" if is_draft else "studio/table_version.html",
        sheet=sheet,
        locale=languages.chosen(),
        policies=vocabulary.POLICIES,
        refusal=refusal,
        siblings=queries.versions(row.decision),
        names=names_of({row.changed_by_id, row.published_by_id, row.ended_by_id}),
        asked=0 if is_draft else queries.taken_by(row.id),
    )


def listed(refusal: Invalid | None = None) -> str:
    """The list of decisions; with why a file could not be taken."""
    rows = queries.listing()
    shelves = [
        Shelf(vocabulary.get(name), [row for row in rows if row.decision == name]) for name in vocabulary.names()
    ]
    people = {row.changed_by_id for row in rows} | {row.published_by_id for row in rows}
    return render_template("studio/tables.html", shelves=shelves, names=names_of(people), refusal=refusal)


def _typed(table_id: int) -> Content:
    return table_form.read(request.form, vocabulary.get(queries.get(table_id).decision))


def _refused(table_id: int, refusal: Invalid | Conflict) -> ResponseReturnValue:
    """The page again with what was typed, where that can still be shown."""
    db.session.rollback()
    row = queries.get(table_id)
    if row.state != TableState.draft:
        raise refusal
    try:
        content = _typed(table_id)
    except Invalid:
        content = None
    return page(row, refusal, content), 409 if isinstance(refusal, Conflict) else 422
