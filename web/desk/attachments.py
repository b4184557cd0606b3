"""Files of cases: whoever may see the case may see them."""

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from engine.attachments import queries as attachments
from engine.attachments import storing, thumbnails
from engine.attachments.errors import AttachmentMissing
from engine.attachments.models import Attachment
from engine.cases import queries
from engine.cases.errors import CaseNotFound
from web.desk.door import door
from web.guards import requires
from web.session import current_actor

A_YEAR = 31_536_000
SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf", "video/mp4"})
"""What a browser shows by itself; everything else is handed out to be saved."""


@door.get("/attachments/<int:attachment_id>")
@requires()
def attachment(attachment_id: int) -> ResponseReturnValue:
    """The file as it was handed in."""
    file = _visible(attachment_id)
    answer = send_file(
        storing.open_original(file),
        mimetype=file.media_type,
        download_name=file.filename,
        as_attachment=file.media_type not in SHOWN,
        etag=file.sha256,
        conditional=True,
    )
    return _kept(answer)


@door.get("/attachments/<int:attachment_id>/thumbnail")
@requires()
def thumbnail(attachment_id: int) -> ResponseReturnValue:
    """A photo's small picture."""
    file = _visible(attachment_id)
    picture = thumbnails.open_thumbnail(file)
    return _kept(send_file(picture, mimetype=thumbnails.MEDIA_TYPE, etag=f"{file.sha256}-small"))


def _visible(attachment_id: int) -> Attachment:
    """The row of a file of a case that the reader may see. Raises AttachmentMissing, whatever the reason."""
    file = attachments.find(attachment_id)
    if file.subject_kind != "case":
        raise AttachmentMissing
    try:
        queries.get(file.subject_id, current_actor())
    except CaseNotFound as hidden:
        raise AttachmentMissing from hidden
    return file


def _kept(answer: Response) -> Response:
    """A file never changes: the reader's own browser may keep it, nobody between may."""
    answer.headers["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    return answer
