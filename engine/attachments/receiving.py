"""Receiving a file: streamed to disk under a cap, looked at, and put in its place. No row is written here."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.attachments import files, kinds, names, photographs, structure
from engine.attachments.errors import Refused
from engine.attachments.limits import MEGABYTE, Limits
from engine.attachments.photographs import Photograph
from engine.kit.i18n import N_

CHUNK = 256 * 1024


@dataclass(frozen=True)
class Received:
    """A file that lies in its place."""

    filename: str
    media_type: str
    size: int
    sha256: str
    photograph: Photograph | None


def receive(stream: BinaryIO, filename: str, *, documents: bool, limits: Limits) -> Received:
    """Take in one file. ``documents`` also admits PDF, Word and Excel.

    Raises Refused for a wrong kind, a file that is not what it says, or one that is too large.
    """
    kind = kinds.declared(names.ending(filename), documents=documents)
    path = Path(tempfile.mkstemp(dir=files.incoming())[1])
    try:
        cap = limits.photo_bytes if kind.is_photo else limits.document_bytes
        size, sha256 = _write(stream, path, cap)
        photograph = _look(path, kind, limits)
        _keep(path, sha256, photograph)
    finally:
        path.unlink(missing_ok=True)
    return Received(names.clean(filename), kind.media_type, size, sha256, photograph)


def _write(stream: BinaryIO, path: Path, cap: int) -> tuple[int, str]:
    """Copy at most ``cap`` bytes to ``path`` and make sure that they are on the disk."""
    size, digest = 0, hashlib.sha256()
    with path.open("wb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > cap:
                raise Refused(N_("The file is too large; at most %(most)s MB."), most=cap // MEGABYTE)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise Refused(N_("The file is empty."))
    return size, digest.hexdigest()


def _look(path: Path, kind: kinds.Kind, limits: Limits) -> Photograph | None:
    if kind.is_photo:
        return photographs.read(path, kind, pixels=limits.photo_pixels, zone=files.keeping().zone)
    try:
        if kind.check:
            kind.check(path)
    except structure.Malformed as error:
        raise kinds.not_what_it_says(kind, path) from error
    return None


def _keep(path: Path, sha256: str, photograph: Photograph | None) -> None:
    """Move the file to where its content belongs; its time is new, so that no sweep takes it before its row is."""
    place = files.original(sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    if photograph is not None and not files.thumbnail(sha256).exists():
        small = path.with_name(path.name + files.THUMBNAIL)
        photograph.thumbnail.save(small, "JPEG", quality=82, optimize=True)
        small.replace(files.thumbnail(sha256))
    path.replace(place)
    os.utime(place)
