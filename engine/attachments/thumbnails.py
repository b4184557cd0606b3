"""Small pictures of photos: at most 480 pixels a side, turned upright, without the camera's facts."""

from typing import BinaryIO

from engine.attachments import files
from engine.attachments.errors import AttachmentMissing
from engine.attachments.models import Attachment

MEDIA_TYPE = "image/jpeg"


def open_thumbnail(attachment: Attachment) -> BinaryIO:
    """The thumbnail's bytes, a JPEG, to be closed by the caller. Raises AttachmentMissing where there is none."""
    try:
        return files.thumbnail(attachment.sha256).open("rb")
    except FileNotFoundError as error:
        raise AttachmentMissing from error
