"""Reading photos: they must really decode, and their camera's facts are kept."""

import math
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pillow_heif
from PIL import ExifTags, Image, ImageOps

from engine.attachments import structure
from engine.attachments.errors import Refused
from engine.attachments.kinds import Kind, not_what_it_says
from engine.kit.i18n import N_

pillow_heif.register_heif_opener()

THUMBNAIL_SIDE = 480
LONGEST_SIDE = 30_000


@dataclass(frozen=True)
class Photograph:
    """What a photo tells: pixels as it is looked at, a small JPEG of it without its facts, and the facts."""

    width: int
    height: int
    thumbnail: Image.Image
    taken_at: datetime | None
    lng: float | None
    lat: float | None
    device: str | None


def read(path: Path, kind: Kind, *, pixels: int, zone: ZoneInfo) -> Photograph:
    """Decode the photo of ``kind`` at ``path``, at most ``pixels`` large; cameras without a zone show ``zone``'s time.

    Raises Refused when it is no such photo, too many pixels, or something else besides.
    """
    structure.refuse_second_nature(path)
    try:
        with warnings.catch_warnings():
            # Our own limit, checked before anything is decoded, replaces Pillow's warning.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _read(path, kind, pixels, zone)
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many(pixels) from error
    except Exception as error:  # decoders raise what they like on damaged files
        raise not_what_it_says(kind, path) from error


def _read(path: Path, kind: Kind, pixels: int, zone: ZoneInfo) -> Photograph:
    with Image.open(path, formats=kind.photo_formats) as image:
        width, height = image.size
        if width * height > pixels or max(width, height) > LONGEST_SIDE:
            raise _too_many(pixels)
        exif = image.getexif()
        # A JPEG is decoded at the scale needed: a 100-megapixel photo then costs a few megabytes.
        image.draft("RGB", (THUMBNAIL_SIDE * 2, THUMBNAIL_SIDE * 2))
        image.load()
        upright = ImageOps.exif_transpose(image)
        if (upright.width > upright.height) != (image.width > image.height):
            width, height = height, width
        return Photograph(width, height, _thumbnail(upright), *_facts(exif, zone))


def _too_many(pixels: int) -> Refused:
    return Refused(N_("The photo has too many pixels; at most %(most)s million."), most=pixels // 1_000_000)


def _thumbnail(image: Image.Image) -> Image.Image:
    """At most 480 pixels a side on white, as a new picture: nothing of the original's data comes along."""
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    paper = Image.new("RGB", small.size, "white")
    if small.mode in {"RGBA", "LA", "PA"} or "transparency" in small.info:
        small = small.convert("RGBA")
        paper.paste(small, mask=small.getchannel("A"))
    else:
        paper.paste(small.convert("RGB"))
    return paper


def _facts(exif: Image.Exif, zone: ZoneInfo) -> tuple[datetime | None, float | None, float | None, str | None]:
    details = exif.get_ifd(ExifTags.IFD.Exif)
    place = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
    return _taken_at(exif, details, zone), *place, _device(exif)


def _taken_at(exif: Image.Exif, details: dict[int, Any], zone: ZoneInfo) -> datetime | None:
    base = ExifTags.Base
    written = _text(details.get(base.DateTimeOriginal) or exif.get(base.DateTime))
    offset = _text(details.get(base.OffsetTimeOriginal))
    try:
        moment = datetime.strptime(written, "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
        if offset:
            moment = datetime.strptime(f"{written}{offset}", "%Y:%m:%d %H:%M:%S%z")
        return moment.astimezone(UTC) if moment.year >= 1990 else None
    except (ValueError, OverflowError):
        return None


def _place(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    tag = ExifTags.GPS
    lat = _degrees(gps.get(tag.GPSLatitude), _text(gps.get(tag.GPSLatitudeRef)), "S", 90)
    lng = _degrees(gps.get(tag.GPSLongitude), _text(gps.get(tag.GPSLongitudeRef)), "W", 180)
    # A camera that has no fix writes 0, 0.
    if lat is None or lng is None or (lat == 0 and lng == 0):
        return None, None
    return lng, lat


def _degrees(parts: Any, reference: str, negative: str, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or not 0 <= value <= most:
        return None
    return round(-value if reference.upper() == negative else value, 7)


def _device(exif: Image.Exif) -> str | None:
    make, model = _text(exif.get(ExifTags.Base.Make)), _text(exif.get(ExifTags.Base.Model))
    name = model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()
    return name[:80] or None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "ignore")
    return "".join(character for character in str(value or "") if character.isprintable()).strip()


def is_after(taken_at: datetime | None, uploaded_at: datetime) -> bool:
    """Was a photo taken a day or more after it was handed in? Then its camera's clock is wrong, or was set."""
    return taken_at is not None and taken_at > uploaded_at + timedelta(days=1)
