"""Photos and documents as people, cameras and attackers make them."""

import io
import zipfile
from pathlib import Path

import pillow_heif
from PIL import ExifTags, Image

pillow_heif.register_heif_opener()


def photo(form: str = "JPEG", size: tuple[int, int] = (640, 400), **save) -> bytes:
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    out = io.BytesIO()
    image.save(out, form, **save)
    return out.getvalue()


def exif(**fields) -> Image.Exif:
    """Camera facts: taken="2026:03:02 09:00:00", offset="+08:00", gps=(lat parts, lng parts), orientation, model."""
    facts = Image.Exif()
    facts[ExifTags.Base.Make] = fields.get("make", "HUAWEI")
    facts[ExifTags.Base.Model] = fields.get("model", "HUAWEI P60")
    if "orientation" in fields:
        facts[ExifTags.Base.Orientation] = fields["orientation"]
    details = facts.get_ifd(ExifTags.IFD.Exif)
    if "taken" in fields:
        details[ExifTags.Base.DateTimeOriginal] = fields["taken"]
    if "offset" in fields:
        details[ExifTags.Base.OffsetTimeOriginal] = fields["offset"]
    if "gps" in fields:
        lat, lng = fields["gps"]
        gps = facts.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
        gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLongitude] = lat, lng
    return facts


def document(main: str = "word/document.xml", **parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(main, "<w/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def box(name: bytes, body: bytes = b"") -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + name + body


MP4 = box(b"ftyp", b"isom\0\0\2\0isomiso2") + box(b"moov", b"\0" * 40) + box(b"mdat", b"\0" * 100)


def names_below(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}
