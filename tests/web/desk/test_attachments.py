"""Photos and documents: shown to those who may see their case, kept privately, never run."""

from unittest.mock import ANY

from sqlalchemy import select

from engine.attachments.models import Attachment
from engine.kit.db import db
from tests.stories import Story


def address(story):
    return f"/desk/attachments/{db.session.scalar(select(Attachment.id).where(Attachment.subject_id == story.case_id))}"


def test_a_photo_is_shown_whole_and_small(city, visit):
    story = Story(city).report()
    li = visit("li")
    for path in (address(story), f"{address(story)}/thumbnail"):
        answer = li.get(path)
        assert answer.status_code == 200
        assert answer.data.startswith(b"\xff\xd8")
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"].startswith("private, max-age=")


def test_its_name_goes_with_it(city, visit):
    story = Story(city).report()
    assert "photo.jpg" in visit("li").get(address(story)).headers["Content-Disposition"]


def test_who_may_not_see_the_case_finds_no_photo(city, visit):
    story = Story(city).report()
    path = address(story)
    for stranger in ("clerk", "parks_handler", "parks_clerk"):
        assert visit(stranger).get(path).status_code == 404
        assert visit(stranger).get(f"{path}/thumbnail").status_code == 404
    assert visit("li").get("/desk/attachments/999999").status_code == 404


def test_a_file_that_is_hidden_and_one_that_is_not_there_are_answered_alike(city, visit):
    path, stranger, as_json = address(Story(city).report()), visit("clerk"), {"Accept": "application/json"}
    hidden, missing = (stranger.get(one, headers=as_json) for one in (path, "/desk/attachments/999999"))
    assert (hidden.status_code, hidden.json) == (missing.status_code, missing.json) == (404, {"error": ANY})


def test_a_file_whose_subject_is_no_case_is_handed_to_nobody(city, visit):
    path = address(Story(city).report())
    db.session.scalars(select(Attachment)).one().subject_kind = "draft"
    db.session.commit()
    assert visit("li").get(path).status_code == 404


def test_nobody_sees_it_without_signing_in(city, app):
    story = Story(city).report()
    assert app.test_client().get(address(story)).status_code == 303


def test_what_the_browser_has_is_not_sent_again(city, visit):
    story = Story(city).report()
    li, path = visit("li"), address(story)
    tag = li.get(path).headers["ETag"]
    assert li.get(path, headers={"If-None-Match": tag}).status_code == 304
