"""Versions of drawings. A published version never changes; instances finish on the version they began with."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from engine.kit.db import db
from engine.kit.errors import Conflict, FieldError, NotFound
from engine.organization.models import User
from engine.process import linting, translating, xml
from engine.process.errors import (
    AlreadyInForce,
    AlreadySuspended,
    DrawingRefused,
    NoSuchProcess,
    NotSuspended,
    ProcessSuspended,
    PublishedMeanwhile,
)
from engine.process.instances import DEFINITION
from engine.process.models import DefinitionState, ProcessDefinition

ANY_VERSION = -1
"""Whoever publishes so does not mind which version was in force."""


@dataclass(frozen=True)
class Definition:
    """A version that can be started."""

    id: int
    key: str
    version: int
    name: str
    digest: str


def active(key: str) -> Definition | None:
    """The version that new instances of ``key`` start with; None where there is none, or every one is suspended.

    While the version in force is suspended, it is the one before it that is not.
    """
    columns = (DEFINITION.c.id, DEFINITION.c.key, DEFINITION.c.version, DEFINITION.c.name, DEFINITION.c.digest)
    usable = (DEFINITION.c.key == key) & DEFINITION.c.suspended_at.is_(None)
    row = db.session.execute(select(*columns).where(usable).order_by(DEFINITION.c.version.desc()).limit(1)).first()
    return Definition(*row) if row is not None else None


def startable(key: str) -> Definition:
    """The same. Raises NoSuchProcess, or ProcessSuspended where every version is suspended."""
    found = active(key)
    if found is None:
        row = in_force(key)
        raise ProcessSuspended(name=row.name) if row is not None else NoSuchProcess(key=key)
    return found


def in_force(key: str) -> ProcessDefinition | None:
    """The version that was published last, suspended or not: what the next draft is compared with."""
    is_active = (ProcessDefinition.key == key) & (ProcessDefinition.state == DefinitionState.active)
    return db.session.scalar(select(ProcessDefinition).where(is_active).execution_options(populate_existing=True))


def publish(
    key: str,
    source: bytes | str,
    *,
    by_id: int | None,
    at: datetime,
    based_on: int | None = ANY_VERSION,
    note: str = "",
    reviewed_by_id: int | None = None,
) -> Definition:
    """Check a drawing and make it the next, active version of ``key``; the version before it retires.

    Conditions in well-known other dialects are translated where that is safe (see ``translating``). A drawing that
    equals the active version is not published again. ``based_on`` is the version that it was drawn from (None: there
    was none): where another is in force meanwhile, PublishedMeanwhile says whose. Of two who publish at once the second
    waits for the first, and sees his version. Raises DrawingRefused, whose fields are element ids.
    """
    text = _checked(source)
    before = lock(key)
    if based_on not in {ANY_VERSION, before.id if before is not None else None}:
        raise published_meanwhile(before)
    if before is not None and before.digest == _digest(text):
        return _of(before)
    return _of(_succeed(key, text, by_id, at, note=note, reviewed_by_id=reviewed_by_id))


def restore(definition_id: int, *, reason: str, by_id: int | None, at: datetime) -> Definition:
    """Put an earlier version in force again, as the next version: when which drawing was in force stays readable.

    It is checked anew: a form or a role that it needs may be gone. Raises NotFound, AlreadyInForce, DrawingRefused.
    """
    row = db.session.get(ProcessDefinition, definition_id)
    if row is None:
        raise NotFound
    before = lock(row.key)
    if before is not None and before.digest == row.digest:
        raise AlreadyInForce
    return _of(_succeed(row.key, _checked(row.xml), by_id, at, note=reason, restores_id=row.id))


def suspend(definition_id: int, *, reason: str, by_id: int | None, at: datetime) -> Definition | None:
    """Let no new cases begin on a version; the version that they begin on instead, None where there is none.

    What runs on it goes on. Raises NotFound, AlreadySuspended.
    """
    row = _locked(definition_id)
    if row.suspended_at is not None:
        raise AlreadySuspended
    row.suspended_at, row.suspended_by_id, row.suspension_reason = at, by_id, reason
    db.session.flush()
    return active(row.key)


def resume(definition_id: int) -> Definition | None:
    """Let new cases begin on a suspended version again; the version that they begin on now.

    Raises NotFound, NotSuspended.
    """
    row = _locked(definition_id)
    if row.suspended_at is None:
        raise NotSuspended
    row.suspended_at, row.suspended_by_id, row.suspension_reason = None, None, ""
    db.session.flush()
    return active(row.key)


def lock(key: str) -> ProcessDefinition | None:
    """Lock every version of a process to the end of the transaction; the one in force, as it is now."""
    of_key = select(ProcessDefinition.id).where(ProcessDefinition.key == key)
    db.session.execute(of_key.order_by(ProcessDefinition.id).with_for_update())
    return in_force(key)


def published_meanwhile(found: ProcessDefinition | None) -> PublishedMeanwhile:
    """The refusal that says whose version is in force."""
    who = (found.reviewed_by_id or found.created_by_id) if found is not None else None
    by = db.session.get(User, who) if who is not None else None
    return PublishedMeanwhile(name=by.name if by else "", version=found.version if found is not None else 0)


def ensure_published(folder: Path, at: datetime) -> list[Definition]:
    """Publish every ``*.bpmn`` of ``folder`` under its file's name, where ``key`` has no active version yet.

    Drawings that administrators have changed since are left alone.
    """
    paths = sorted(folder.glob("*.bpmn"))
    return [publish(path.stem, path.read_bytes(), by_id=None, at=at) for path in paths if in_force(path.stem) is None]


def _checked(source: bytes | str) -> str:
    text = translating.translated(source)
    findings = linting.check(text)
    if findings:
        raise DrawingRefused(fields_of(findings))
    return text


def _locked(definition_id: int) -> ProcessDefinition:
    row = db.session.get(ProcessDefinition, definition_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _succeed(key: str, text: str, by_id: int | None, at: datetime, **what: Any) -> ProcessDefinition:
    was_active = (ProcessDefinition.key == key) & (ProcessDefinition.state == DefinitionState.active)
    db.session.execute(update(ProcessDefinition).where(was_active).values(state=DefinitionState.retired.value))
    try:
        return _next_version(key, text, DefinitionState.active, by_id, at, **what)
    except IntegrityError as error:
        # The very first version of a process: there was no row yet that the second could have waited for.
        raise Conflict from error


def _next_version(
    key: str, text: str, state: DefinitionState, by_id: int | None, at: datetime, **what: Any
) -> ProcessDefinition:
    last = db.session.scalar(select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == key)) or 0
    definition = ProcessDefinition(
        key=key,
        version=last + 1,
        name=_name(text) or key,
        xml=text,
        digest=_digest(text),
        state=state.value,
        created_at=at,
        created_by_id=by_id,
        **what,
    )
    db.session.add(definition)
    db.session.flush()
    return definition


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _of(row: ProcessDefinition) -> Definition:
    return Definition(row.id, row.key, row.version, row.name, row.digest)


def _name(text: str) -> str | None:
    processes = xml.find(xml.read(text), "./bpmn:process")
    return processes[0].get("name") if processes else None


def fields_of(findings: list[linting.Finding]) -> dict[str, list[FieldError]]:
    """Findings as errors beside fields, which are element ids."""
    fields: dict[str, list[FieldError]] = {}
    for finding in findings:
        fields.setdefault(finding.element_id, []).append(FieldError(finding.text, finding.params))
    return fields
