"""Which files are accepted. A file is what its bytes say, and its extension must say the same."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import puremagic

from engine.attachments import structure
from engine.attachments.errors import Refused
from engine.kit.i18n import N_


@dataclass(frozen=True)
class Kind:
    """One kind of file: the formats that Pillow must find in a photo, or the check of a document's structure."""

    name: str
    media_type: str
    photo_formats: tuple[str, ...] = ()
    check: Callable[[Path], None] | None = None

    @property
    def is_photo(self) -> bool:
        """Is it a picture that must decode?"""
        return bool(self.photo_formats)


JPEG = Kind("JPEG", "image/jpeg", ("JPEG", "MPO"))
PNG = Kind("PNG", "image/png", ("PNG",))
WEBP = Kind("WebP", "image/webp", ("WEBP",))
HEIC = Kind("HEIC", "image/heic", ("HEIF",))
PDF = Kind("PDF", "application/pdf", check=structure.pdf)
WORD = Kind(
    "Word",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    check=structure.office("word/document.xml"),
)
EXCEL = Kind(
    "Excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    check=structure.office("xl/workbook.xml"),
)
VIDEO = Kind("MP4", "video/mp4", check=structure.mp4)

BY_ENDING = {
    "jpg": JPEG,
    "jpeg": JPEG,
    "png": PNG,
    "webp": WEBP,
    "heic": HEIC,
    "heif": HEIC,
    "pdf": PDF,
    "docx": WORD,
    "xlsx": EXCEL,
    "mp4": VIDEO,
}
PHOTO_ENDINGS = tuple(ending for ending, kind in BY_ENDING.items() if kind.is_photo)


def declared(ending: str, *, documents: bool) -> Kind:
    """The kind that an extension promises. Photo fields take photos and videos; ``documents`` takes everything we know.

    Raises Refused.
    """
    kind = BY_ENDING.get(ending)
    if kind is None or (not documents and kind not in {JPEG, PNG, WEBP, HEIC, VIDEO}):
        allowed = BY_ENDING if documents else [*PHOTO_ENDINGS, "mp4"]
        raise Refused(N_("Files of this kind are not accepted; possible are: %(endings)s."), endings=", ".join(allowed))
    return kind


def look_of(path: Path) -> str:
    """What a file looks like to somebody who does not trust its name: ".exe", ".html"; empty when unknown."""
    with path.open("rb") as file:
        head = file.read(4096)
    try:
        return str(puremagic.from_string(head))
    except (puremagic.PureError, ValueError):
        return ""


def not_what_it_says(kind: Kind, path: Path) -> Refused:
    """The refusal of a file whose content is not what its extension says."""
    look = look_of(path)
    if look and look.lstrip(".") not in {*BY_ENDING, "jfif"}:
        return Refused(N_("This is not a %(kind)s file but looks like %(look)s."), kind=kind.name, look=look)
    return Refused(N_("This is not a readable %(kind)s file."), kind=kind.name)
