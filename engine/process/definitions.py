"""Versions of drawings. A published version never changes; instances finish on the version they began with."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import delete, func, select, update

from engine.kit.db import db
from engine.kit.errors import FieldError
from engine.process import linting, translating, xml
from engine.process.errors import DrawingRefused
from engine.process.instances import DEFINITION
from engine.process.models import DefinitionState, ProcessDefinition


@dataclass(frozen=True)
class Definition:
    """A version that can be started."""

    id: int
    key: str
    version: int
    name: str
    digest: str


def active(key: str) -> Definition | None:
    """The version that new instances of ``key`` start with; None where there is none yet."""
    columns = (DEFINITION.c.id, DEFINITION.c.key, DEFINITION.c.version, DEFINITION.c.name, DEFINITION.c.digest)
    is_active = (DEFINITION.c.key == key) & (DEFINITION.c.state == DefinitionState.active)
    row = db.session.execute(select(*columns).where(is_active).order_by(DEFINITION.c.version.desc()).limit(1)).first()
    return Definition(*row) if row is not None else None


def publish(key: str, source: bytes | str, *, by_id: int | None, at: datetime) -> Definition:
    """Check a drawing and make it the next, active version of ``key``; the version before it retires.

    Conditions in well-known other dialects are translated where that is safe (see ``translating``). A drawing that
    equals the active version is not published again. Raises DrawingRefused, whose fields are element ids.
    """
    text = translating.translated(source)
    findings = linting.check(text)
    if findings:
        raise DrawingRefused(_fields(findings))
    before = _active_row(key)
    if before is not None and before.digest == _digest(text):
        return _of(before)
    _drop_draft(key)
    was_active = (ProcessDefinition.key == key) & (ProcessDefinition.state == DefinitionState.active)
    db.session.execute(update(ProcessDefinition).where(was_active).values(state=DefinitionState.retired.value))
    return _of(_next_version(key, text, DefinitionState.active, by_id, at))


def keep_draft(key: str, source: bytes | str, *, by_id: int | None, at: datetime) -> Definition:
    """Keep what somebody is drawing for ``key``, right or wrong; the draft kept before is replaced.

    Raises UnreadableXml.
    """
    xml.read(source)
    text = source.decode() if isinstance(source, bytes) else source
    _drop_draft(key)
    return _of(_next_version(key, text, DefinitionState.draft, by_id, at))


def ensure_published(folder: Path, at: datetime) -> list[Definition]:
    """Publish every ``*.bpmn`` of ``folder`` under its file's name, where ``key`` has no active version yet.

    Drawings that administrators have changed since are left alone.
    """
    paths = sorted(folder.glob("*.bpmn"))
    return [
        publish(path.stem, path.read_bytes(), by_id=None, at=at) for path in paths if _active_row(path.stem) is None
    ]


def _next_version(key: str, text: str, state: DefinitionState, by_id: int | None, at: datetime) -> ProcessDefinition:
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
    )
    db.session.add(definition)
    db.session.flush()
    return definition


def _drop_draft(key: str) -> None:
    is_draft = (ProcessDefinition.key == key) & (ProcessDefinition.state == DefinitionState.draft)
    db.session.execute(delete(ProcessDefinition).where(is_draft))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _active_row(key: str) -> ProcessDefinition | None:
    is_active = (ProcessDefinition.key == key) & (ProcessDefinition.state == DefinitionState.active)
    return db.session.scalar(select(ProcessDefinition).where(is_active))


def _of(row: ProcessDefinition) -> Definition:
    return Definition(row.id, row.key, row.version, row.name, row.digest)


def _name(text: str) -> str | None:
    processes = xml.find(xml.read(text), "./bpmn:process")
    return processes[0].get("name") if processes else None


def _fields(findings: list[linting.Finding]) -> dict[str, list[FieldError]]:
    fields: dict[str, list[FieldError]] = {}
    for finding in findings:
        fields.setdefault(finding.element_id, []).append(FieldError(finding.text, finding.params))
    return fields
