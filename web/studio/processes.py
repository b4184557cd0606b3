"""The list of processes with their versions and open drafts, and beginning a draft."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from engine.access.actors import SYSTEM
from engine.access.permissions import Permission
from engine.kit import clock, pinyin
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.organization.models import User
from engine.process import definitions, linting, queries
from engine.process.models import ProcessDefinition, ProcessInstance
from engine.studio import blank, commenting, drafting
from engine.studio.models import StudioDraft
from web import languages
from web.guards import requires
from web.session import current_actor
from web.studio.door import door


@dataclass
class Process:
    """One process as the list shows it: its versions, the newest first, and the draft of the next one."""

    key: str
    versions: list[ProcessDefinition] = field(default_factory=list)
    draft: StudioDraft | None = None

    @property
    def name(self) -> str:
        """What it is called: in force, else as it is being drawn."""
        active = next((one for one in self.versions if one.state == "active"), None)
        named = active or self.draft or next(iter(self.versions), None)
        return named.name if named is not None else self.key


@door.get("/")
@requires(Permission.process_manage)
def processes() -> ResponseReturnValue:
    """Every process: what is in force, what was, what is being drawn."""
    rows, drafts = queries.definitions(), drafting.open_drafts()
    people = {row.created_by_id for row in rows} | {draft.changed_by_id for draft in drafts}
    return render_template(
        "studio/processes.html", processes=_grouped(rows, drafts), names=_names(people), running=_running()
    )


@door.post("/versions/<int:definition_id>/drafts")
@requires(Permission.process_manage)
def draw_version(definition_id: int) -> ResponseReturnValue:
    """Begin to change a version."""
    draft = drafting.from_version(definition_id, by=current_actor(), at=clock.now())
    return redirect(url_for(".draft", draft_id=draft.id), 303)


@door.route("/drafts/new", methods=["GET", "POST"])
@requires(Permission.process_manage)
def new_draft() -> ResponseReturnValue:
    """Begin a process from nothing, or with a file that was drawn elsewhere."""
    if request.method == "GET":
        return _new_page()
    try:
        draft = _begin()
    except Invalid as refusal:
        db.session.rollback()
        return _new_page(refusal), 422
    return redirect(url_for(".draft", draft_id=draft.id), 303)


@door.post("/drafts/<int:draft_id>/discarding")
@requires(Permission.process_manage)
def discard_draft(draft_id: int) -> ResponseReturnValue:
    """Give a draft up."""
    drafting.discard(draft_id, by=current_actor(), at=clock.now())
    flash(_("The draft was discarded. Nothing of it is in force."), "success")
    return redirect(url_for(".processes"), 303)


def _begin() -> StudioDraft:
    """A draft of what was sent: blank, or a file with comments on what of another tool was translated or lost."""
    file, by, at = request.files.get("file"), current_actor(), clock.now()
    if file is None or not file.filename:
        return drafting.begin(_blank(), by=by, at=at)
    report = linting.examine(file.read())
    if not report.xml:
        raise Invalid({"file": [FieldError(each.text, each.params) for each in report.errors]})
    name = drafting.name_in(report.xml) or PurePath(file.filename).stem
    source = drafting.Source(_key(name), report.xml, _in_force(_key(name)))
    draft = drafting.begin(source, by=by, at=at)
    for each in (*report.losses, *report.notes):
        commenting.comment(draft.id, each.element_id, each.told(languages.chosen()), by=SYSTEM, at=at)
    return draft


def _blank() -> drafting.Source:
    name = (request.form.get("name") or "").strip()[: drafting.LONGEST_NAME]
    if not name:
        raise Invalid.field("name", N_("Please say what the process is called, or choose a file."))
    key = _key(name)
    return drafting.Source(key, blank.drawing(key, name), _in_force(key))


def _key(name: str) -> str:
    return (request.form.get("key") or "").strip() or drafting.free_key(pinyin.letters(name))


def _in_force(key: str) -> int | None:
    """The version that a draft of this process will be compared with."""
    version = definitions.active(key)
    return version.id if version is not None else None


def _new_page(refusal: Invalid | None = None) -> str:
    keys = sorted({row.key for row in queries.definitions()})
    return render_template("studio/new.html", keys=keys, refusal=refusal)


def _grouped(rows: Iterable[ProcessDefinition], drafts: Iterable[StudioDraft]) -> list[Process]:
    found: dict[str, Process] = {}
    for row in rows:
        found.setdefault(row.key, Process(row.key)).versions.append(row)
    for draft in drafts:
        found.setdefault(draft.key, Process(draft.key)).draft = draft
    return list(found.values())


def _names(ids: set[int | None]) -> dict[int, str]:
    asked = select(User.id, User.name).where(User.id.in_([one for one in ids if one is not None]))
    return dict(db.session.execute(asked).tuples().all())


def _running() -> dict[int, int]:
    """How many instances are under way on each version."""
    counted = (
        select(ProcessInstance.definition_id, func.count())
        .where(ProcessInstance.ended_at.is_(None))
        .group_by(ProcessInstance.definition_id)
    )
    return dict(db.session.execute(counted).tuples().all())
