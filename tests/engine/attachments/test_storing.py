import io
import os
from datetime import timedelta

import pytest

from engine.access.actors import SYSTEM
from engine.attachments import jobs, limits, queries, storing, thumbnails
from engine.attachments.errors import AttachmentMissing
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from engine.settings import values
from tests.engine.attachments.photos import PDF, exif, names_below, photo


def keep(content: bytes, at, filename="现场.jpg", subject_id=7, phase="before"):
    return storing.store(
        io.BytesIO(content), filename, subject_kind="case", subject_id=subject_id, phase=phase, by=SYSTEM, at=at
    )


def test_a_photo_and_its_facts_are_kept(database, at):
    facts = exif(taken="2026:03:02 08:55:00", gps=((38.0, 28.0, 12.0), (106.0, 16.0, 30.0)))
    with unit_of_work():
        kept = keep(photo(exif=facts), at("2026-03-02 09:00"))
    assert (kept.filename, kept.media_type, kept.width, kept.height) == ("现场.jpg", "image/jpeg", 640, 400)
    assert kept.taken_at == at("2026-03-02 08:55")
    assert (kept.lng, kept.lat, kept.device) == (106.275, 38.47, "HUAWEI P60")
    assert kept.facts == {}
    with storing.open_original(kept) as original, thumbnails.open_thumbnail(kept) as small:
        assert len(original.read()) == kept.size
        assert small.read(2) == b"\xff\xd8"


def test_the_same_photo_for_another_case_is_noted(database, at):
    now = at("2026-03-02 09:00")
    with unit_of_work():
        keep(photo(), now, subject_id=7)
        again = keep(photo(), now, subject_id=8)
    assert again.facts["used_in"] == [{"subject_kind": "case", "subject_id": 7, "phase": "before"}]
    assert again.facts["used_elsewhere"] is True


def test_a_photo_from_the_future_is_noted(database, at):
    with unit_of_work():
        kept = keep(photo(exif=exif(taken="2027:01:01 00:00:00")), at("2026-03-02 09:00"))
    assert kept.facts["taken_after_upload"] is True


def test_a_refusal_stands_beside_the_field_it_came_from(database, at):
    now = at("2026-03-02 09:00")
    with unit_of_work():
        values.set(limits.PHOTO_MB, 1, by=SYSTEM, at=now)
    with pytest.raises(Invalid) as wrong:
        keep(os.urandom(2 * 1024 * 1024), now)
    assert str(wrong.value.fields["photos"][0]) == "The file is too large; at most 1 MB."
    with pytest.raises(Invalid) as wrong:
        keep(b"no", now, "a.pdf", phase="document")
    assert list(wrong.value.fields) == ["documents"]


def test_all_files_of_a_field_or_none(database, at, kept):
    now = at("2026-03-02 09:00")
    where = {"subject_kind": "case", "subject_id": 7, "phase": "document", "by": SYSTEM, "at": now}
    with pytest.raises(Invalid) as wrong, unit_of_work():
        storing.store_all([(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(b"x"), "b.pdf")], **where)
    assert str(wrong.value.fields["documents"][0]) == "“b.pdf” was not accepted:"
    with pytest.raises(Invalid, match="cannot be accepted"):
        storing.store_all([(io.BytesIO(PDF), "a.pdf")] * 10, **where)
    with unit_of_work():
        assert len(storing.store_all([(io.BytesIO(PDF), "a.pdf")], **where)) == 1
    assert [one.filename for one in queries.of("case", 7)] == ["a.pdf"]


def test_first_photos_of_a_list(database, at, statements):
    now = at("2026-03-02 09:00")
    with unit_of_work():
        first = keep(photo(), now, subject_id=1).id
        keep(photo(size=(50, 50)), now, subject_id=1)
        keep(PDF, now, "a.pdf", subject_id=2, phase="document")
    with statements() as seen:
        found = queries.first_photos("case", [1, 2, 3])
    assert {case: one.id for case, one in found.items()} == {1: first}
    assert len(seen) == 1


def test_what_a_rollback_left_is_swept_after_a_day(database, at, kept):
    now = at("2026-03-02 09:00")
    with unit_of_work():
        stays = keep(photo(), now)
    with pytest.raises(ZeroDivisionError), unit_of_work():
        keep(photo(size=(100, 100)), now)
        raise ZeroDivisionError
    moment = (now - timedelta(days=2)).timestamp()
    assert jobs.sweep(now) == 0
    for path in kept.rglob("*"):
        os.utime(path, (moment, moment))
    assert jobs.sweep(now) == 2
    assert jobs.sweep(now) == 0
    assert names_below(kept) == {stays.sha256, f"{stays.sha256}.thumb.jpg"}


def test_a_file_lost_by_the_disk_is_said_to_be_missing(database, at, kept):
    with unit_of_work():
        row = keep(photo(), at("2026-03-02 09:00"))
    for path in kept.rglob("*.thumb.jpg"):
        path.unlink()
    with pytest.raises(AttachmentMissing):
        thumbnails.open_thumbnail(row)
    db.session.rollback()
