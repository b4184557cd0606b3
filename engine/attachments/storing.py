"""Storing a file with its subject: received first, then one row in the act's own transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import select

from engine.attachments import files, photographs, receiving
from engine.attachments.errors import AttachmentMissing, Refused
from engine.attachments.limits import Limits, current
from engine.attachments.models import Attachment, Phase
from engine.attachments.receiving import Received
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer

USES_SHOWN = 5


def store(
    stream: BinaryIO,
    filename: str,
    *,
    subject_kind: str,
    subject_id: int,
    phase: str,
    by: Doer,
    at: datetime,
    limits: Limits | None = None,
) -> Attachment:
    """Check and keep one file. Raises Invalid with the reason beside ``photos``, or ``documents`` in that phase.

    The bytes are on disk before the row is committed; what a rollback leaves behind is swept later (``jobs.sweep``).
    """
    where = Phase(phase)
    try:
        received = receive(stream, filename, phase=phase, limits=limits)
    except Refused as refused:
        raise refused.at(where.field) from refused
    return attach(received, subject_kind=subject_kind, subject_id=subject_id, phase=phase, by=by, at=at)


def receive(stream: BinaryIO, filename: str, *, phase: str, limits: Limits | None = None) -> Received:
    """Take in a file of a phase without any row. Raises Refused."""
    return receiving.receive(stream, filename, documents=Phase(phase) is Phase.document, limits=limits or current())


def store_all(
    uploads: Iterable[tuple[BinaryIO, str]],
    *,
    subject_kind: str,
    subject_id: int,
    phase: str,
    by: Doer,
    at: datetime,
    limits: Limits | None = None,
) -> list[Attachment]:
    """Keep all files of one field, or none: Invalid lists what is wrong with every single one, by its name."""
    uploads, limits, where = list(uploads), limits or current(), Phase(phase)
    if len(uploads) > limits.per_act:
        raise Invalid.field(where.field, N_("At most %(most)s files at once."), most=limits.per_act)
    received, wrong = [], []
    for stream, filename in uploads:
        try:
            received.append(receive(stream, filename, phase=phase, limits=limits))
        except Refused as refused:
            wrong += [
                FieldError(N_("“%(file)s” was not accepted:"), {"file": filename[:80]}),
                FieldError(refused.text, refused.params),
            ]
    if wrong:
        raise Invalid({where.field: wrong})
    return [
        attach(one, subject_kind=subject_kind, subject_id=subject_id, phase=phase, by=by, at=at) for one in received
    ]


def attach(received: Received, *, subject_kind: str, subject_id: int, phase: str, by: Doer, at: datetime) -> Attachment:
    """Write the row of a received file. That the same bytes came before is kept as a fact, and refuses nothing."""
    photo = received.photograph
    row = Attachment(
        subject_kind=subject_kind,
        subject_id=subject_id,
        phase=Phase(phase),
        filename=received.filename,
        media_type=received.media_type,
        size=received.size,
        sha256=received.sha256,
        uploaded_by_id=by.id,
        uploaded_at=at,
        facts=_facts(received, subject_kind, subject_id, at),
    )
    if photo:
        row.width, row.height, row.taken_at = photo.width, photo.height, photo.taken_at
        row.lng, row.lat, row.device = photo.lng, photo.lat, photo.device
    db.session.add(row)
    db.session.flush()
    return row


def _facts(received: Received, subject_kind: str, subject_id: int, at: datetime) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    earlier = select(Attachment.subject_kind, Attachment.subject_id, Attachment.phase).where(
        Attachment.sha256 == received.sha256
    )
    used = db.session.execute(earlier.order_by(Attachment.id).limit(USES_SHOWN)).all()
    if used:
        facts["used_in"] = [{"subject_kind": kind, "subject_id": id_, "phase": phase} for kind, id_, phase in used]
        facts["used_elsewhere"] = any((kind, id_) != (subject_kind, subject_id) for kind, id_, _ in used)
    if received.photograph and photographs.is_after(received.photograph.taken_at, at):
        facts["taken_after_upload"] = True
    return facts


def open_original(attachment: Attachment) -> BinaryIO:
    """The file's bytes, to be closed by the caller. Raises AttachmentMissing when the disk has lost it."""
    try:
        return files.original(attachment.sha256).open("rb")
    except FileNotFoundError as error:
        raise AttachmentMissing from error
