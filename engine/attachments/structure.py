"""What makes a document what it says it is, and harmless enough to keep."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.attachments.errors import Refused
from engine.kit.i18n import N_

UNPACKED_MOST = 400 * 1024 * 1024
RATIO_MOST = 200
PARTS_MOST = 5_000
EDGE = 64 * 1024
ACTIVE_TEXT = (b"<script", b"<html", b"<svg", b"<?php", b"<!doctype")
ACTIVE_PDF = (b"/JavaScript", b"/Launch")
BOX_HEAD = 8


class Malformed(Exception):
    """It is not what its extension says."""


def pdf(path: Path) -> None:
    """A PDF from its first byte to its last, that starts no program and no script. Raises Malformed or Refused."""
    content = path.read_bytes()
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise Malformed
    if any(mark in content for mark in ACTIVE_PDF):
        raise Refused(N_("This PDF contains scripts or starts programs."))
    refuse_second_nature(path)


def office(main_part: str) -> Callable[[Path], None]:
    """A check that a file is an Office document with this main part, without macros and no bomb."""

    def check(path: Path) -> None:
        with path.open("rb") as file:
            if file.read(4) != b"PK\x03\x04":
                raise Malformed
        try:
            with zipfile.ZipFile(path) as archive:
                parts = archive.infolist()
        except (zipfile.BadZipFile, ValueError) as error:
            raise Malformed from error
        _check_parts(parts, main_part)

    return check


def _check_parts(parts: list[zipfile.ZipInfo], main_part: str) -> None:
    names = {part.filename for part in parts}
    if not {"[Content_Types].xml", main_part} <= names:
        raise Malformed
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(N_("Documents with macros are not accepted."))
    packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
    if len(parts) > PARTS_MOST or unpacked > UNPACKED_MOST or unpacked > RATIO_MOST * max(packed, 1024 * 1024):
        raise Refused(N_("Unpacked, this document would be too large."))


def mp4(path: Path) -> None:
    """Boxes from the first byte to the last, among them the type and the film itself. Raises Malformed."""
    boxes = list(_boxes(path))
    if not boxes or boxes[0] != b"ftyp" or b"moov" not in boxes:
        raise Malformed


def _boxes(path: Path) -> Iterator[bytes]:
    """The names of the outermost boxes (ISO/IEC 14496-12 §4.2)."""
    end = path.stat().st_size
    with path.open("rb") as file:
        position = 0
        while position < end:
            file.seek(position)
            head = file.read(16)
            size = int.from_bytes(head[:4], "big")
            if size == 1:
                size = int.from_bytes(head[8:16], "big")
            size = size or end - position
            if size < BOX_HEAD or position + size > end:
                raise Malformed
            yield head[4:8]
            position += size


def refuse_second_nature(path: Path) -> None:
    """Refuse a file that another program would read as something else: an archive at its end, a page at its edges."""
    with path.open("rb") as file:
        head = file.read(EDGE)
        file.seek(max(0, path.stat().st_size - EDGE))
        tail = file.read()
    edges = (head + tail).lower()
    if zipfile.is_zipfile(path) or any(mark in edges for mark in ACTIVE_TEXT) or b"%PDF-" in head[1:1024]:
        raise Refused(N_("This file is two kinds of file at once."))
