"""The list of processes with their versions and open drafts; beginning to change a version, giving a draft up."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from engine.access.permissions import Permission
from engine.kit import clock
from engine.kit.db import db
from engine.organization.models import User
from engine.process import queries
from engine.process.models import ProcessDefinition, ProcessInstance
from engine.studio import drafting
from engine.studio.models import StudioDraft
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


@door.post("/drafts/<int:draft_id>/discarding")
@requires(Permission.process_manage)
def discard_draft(draft_id: int) -> ResponseReturnValue:
    """Give a draft up."""
    drafting.discard(draft_id, by=current_actor(), at=clock.now())
    flash(_("The draft was discarded. Nothing of it is in force."), "success")
    return redirect(url_for(".processes"), 303)


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
