"""Reading attachments. Whether the reader may see them is asked of the subject's room before."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from engine.attachments.errors import AttachmentMissing
from engine.attachments.models import Attachment
from engine.kit.db import db


def of(subject_kind: str, subject_id: int) -> Sequence[Attachment]:
    """Every file of a subject, oldest first."""
    found = select(Attachment).where(Attachment.subject_kind == subject_kind, Attachment.subject_id == subject_id)
    return db.session.scalars(found.order_by(Attachment.id)).all()


def find(attachment_id: int) -> Attachment:
    """One file; raises AttachmentMissing."""
    found = db.session.get(Attachment, attachment_id)
    if found is None:
        raise AttachmentMissing
    return found


def first_photos(subject_kind: str, subject_ids: Iterable[int]) -> dict[int, Attachment]:
    """The first photo of each subject, in one statement: for the small pictures of a list."""
    photos = select(Attachment).where(
        Attachment.subject_kind == subject_kind,
        Attachment.subject_id.in_(list(subject_ids)),
        Attachment.media_type.startswith("image/"),
    )
    firsts: dict[int, Attachment] = {}
    for photo in db.session.scalars(photos.order_by(Attachment.id)):
        firsts.setdefault(photo.subject_id, photo)
    return firsts
