import io
import struct
import zlib

import pytest
from PIL import Image

from engine.attachments import receiving
from engine.attachments.errors import Refused
from engine.attachments.limits import Limits
from tests.engine.attachments.photos import MP4, PDF, document, exif, names_below, photo


def take(content: bytes, filename: str, *, documents: bool = False, limits: Limits | None = None):
    return receiving.receive(io.BytesIO(content), filename, documents=documents, limits=limits or Limits())


@pytest.mark.parametrize(
    ("form", "filename"), [("JPEG", "a.jpg"), ("PNG", "a.PNG"), ("WEBP", "a.webp"), ("HEIF", "a.heic")]
)
def test_photos_of_every_accepted_kind_decode(form, filename):
    received = take(photo(form), filename)
    assert (received.photograph.width, received.photograph.height) == (640, 400)


@pytest.mark.parametrize(
    ("content", "filename"),
    [(PDF, "a.pdf"), (document(), "a.docx"), (document("xl/workbook.xml"), "a.xlsx"), (MP4, "a.mp4")],
)
def test_documents_are_kept_as_they_are(content, filename, kept):
    received = take(content, filename, documents=True)
    assert (kept / received.sha256[:2] / received.sha256[2:4] / received.sha256).read_bytes() == content


@pytest.mark.parametrize(
    ("content", "filename", "reason"),
    [
        (b"this is no photo", "a.jpg", "not a readable JPEG"),
        (photo("PNG"), "a.jpg", "not a readable JPEG"),
        (b"MZ" + b"\0" * 4000, "a.jpg", "looks like .exe"),
        (photo()[:4000], "a.jpg", "not a readable JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "not accepted"),
        (b"<html></html>", "a.html", "not accepted"),
        (b"MZ", "a.exe", "not accepted"),
        (b"GIF89a", "photo", "not accepted"),
        (PDF, "a.pdf", "not accepted"),
        (b"", "a.jpg", "empty"),
    ],
)
def test_what_is_no_photo_is_refused_with_its_reason(content, filename, reason, kept):
    with pytest.raises(Refused) as refused:
        take(content, filename)
    assert reason in refused.value.text % refused.value.params
    assert not names_below(kept)


@pytest.mark.parametrize(
    ("content", "filename", "reason"),
    [
        (b"junk" + PDF, "a.pdf", "not a readable PDF"),
        (PDF.replace(b"/Type", b"/OpenAction<</S/JavaScript/JS(x)>>/Type"), "a.pdf", "scripts"),
        (document(**{"word/vbaProject.bin": b"x"}), "a.docx", "macros"),
        (document("xl/workbook.xml"), "a.docx", "not a readable Word"),
        (document(bomb=b"\0" * 300_000_000), "a.docx", "too large"),
        (MP4[:-20], "a.mp4", "not a readable MP4"),
    ],
)
def test_documents_that_are_not_what_they_say_or_do_harm(content, filename, reason):
    with pytest.raises(Refused) as refused:
        take(content, filename, documents=True)
    assert reason in refused.value.text % refused.value.params


@pytest.mark.parametrize("second", [document(), b"<script>alert(1)</script>", b"<?php system('id'); ?>"])
def test_a_photo_that_is_also_something_else_is_refused(second):
    with pytest.raises(Refused, match="two kinds"):
        take(photo() + second, "a.jpg")
    with pytest.raises(Refused, match="two kinds"):
        take(PDF + document(), "a.pdf", documents=True)


def test_a_large_file_is_refused_before_it_is_all_read(kept):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            return b"\xff" * size

    stream = Endless()
    with pytest.raises(Refused, match="too large"):
        receiving.receive(stream, "a.jpg", documents=False, limits=Limits(photo_bytes=1024 * 1024))
    assert stream.given < 2 * 1024 * 1024
    assert not names_below(kept)


def bomb() -> bytes:
    """A PNG of 40,000 × 40,000 pixels in a few hundred bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9999))
        + chunk(b"IEND", b"")
    )


def test_a_bomb_is_refused_undecoded():
    with pytest.raises(Refused, match="too many pixels"):
        take(bomb(), "a.png")


def test_a_photo_lying_on_its_side_is_measured_and_shown_upright():
    received = take(photo(exif=exif(orientation=6)), "a.jpg")
    assert (received.photograph.width, received.photograph.height) == (400, 640)
    assert received.photograph.thumbnail.height == 480


def test_the_thumbnail_tells_nothing_of_the_camera(kept):
    received = take(photo(exif=exif(taken="2026:03:02 09:00:00")), "a.jpg")
    with Image.open(next(kept.rglob("*.thumb.jpg"))) as small:
        assert not small.getexif()
        assert max(small.size) == 480
    assert received.photograph.device == "HUAWEI P60"


@pytest.mark.parametrize(
    ("offset", "expected"), [("+08:00", "01:00"), ("+00:00", "09:00"), (None, "01:00"), ("nonsense", None)]
)
def test_when_it_was_taken(offset, expected):
    facts = exif(taken="2026:03:02 09:00:00", **({"offset": offset} if offset else {}))
    taken = take(photo(exif=facts), "a.jpg").photograph.taken_at
    assert (taken.strftime("%H:%M") if taken else None) == expected


@pytest.mark.parametrize(
    ("gps", "place"),
    [
        (((38.0, 28.0, 12.0), (106.0, 16.0, 30.0)), (106.275, 38.47)),
        (((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)), (None, None)),
        (((95.0, 0.0, 0.0), (106.0, 0.0, 0.0)), (None, None)),
    ],
)
@pytest.mark.parametrize("form", ["JPEG", "HEIF"])
def test_where_it_was_taken(gps, place, form):
    received = take(photo(form, exif=exif(gps=gps)), "a.jpg" if form == "JPEG" else "a.heic").photograph
    assert (received.lng, received.lat) == pytest.approx(place) if place[0] else (received.lng, received.lat) == place
