"""Photos and documents of a case, handed in with an act and kept in its transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from engine.access.actors import Actor
from engine.attachments import storing
from engine.attachments.models import Attachment
from engine.cases.models import Case
from engine.kit.errors import Invalid
from engine.kit.i18n import N_

KIND = "case"


@dataclass(frozen=True)
class Upload:
    """A file that somebody hands in: its bytes, and the name that his device gave it."""

    stream: BinaryIO
    filename: str


def attach(
    case: Case, uploads: Sequence[Upload], phase: str, *, by: Actor, at: datetime, field: str = "photos"
) -> list[Attachment]:
    """Keep files with a case under a phase: before, confirmation, after, verification, document.

    Raises Invalid beside ``field``, the question that asked for them, where a file is not what it says, or too large.
    """
    if not uploads:
        return []
    files = [(upload.stream, upload.filename) for upload in uploads]
    try:
        kept = storing.store_all(files, subject_kind=KIND, subject_id=case.id, phase=phase, by=by, at=at)
    except Invalid as refused:
        raise Invalid({field: [error for errors in refused.fields.values() for error in errors]}) from refused
    case.photo_count += sum(attachment.is_photo for attachment in kept)
    return kept


def check_changed(before: Sequence[Attachment], after: Sequence[Attachment]) -> None:
    """Photos from afterwards show something else than those from before. Raises Invalid where one is the same file."""
    seen = {attachment.sha256 for attachment in before}
    for attachment in after:
        if attachment.sha256 in seen:
            raise Invalid.field(
                "after_photos", N_("“%(file)s” is a photo from before as well."), file=attachment.filename[:80]
            )
