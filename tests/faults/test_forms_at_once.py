"""Two administrators at the same form, at the same moment."""

from threading import Barrier, Thread

from engine.forms import catalogue, published
from engine.forms.models import FormDefinition
from engine.kit.db import db
from engine.studio import designing
from tests.browsing import Browser

TRIES = 4


def at_once(browsers, address, values):
    """All of them send it; what each is answered, in order."""
    ready, answers = Barrier(len(browsers)), []

    def send(browser):
        ready.wait()
        answers.append(browser.post(address, values).status)

    threads = [Thread(target=send, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_of_two_only_one_begins_changes_and_publishes(city, web, start):
    start(web)
    browsers = [Browser(web.port).sign_in("system_admin") for _ in range(2)]
    for _ in range(TRIES):
        assert at_once(browsers, "/studio/forms/comment/drafts", {}) == [303, 409]
        db.session.rollback()
        address = f"/studio/form-drafts/{designing.open_drafts()['comment'].id}"
        asked = {"label_zh": "联系人", "kind": "text", "revision": "1"}
        assert at_once(browsers, f"{address}/questions", asked) == [303, 409]
        # Who comes second finds the draft published, and open no more.
        told = {"note": "同时发布", "revision": "2"}
        assert at_once(browsers, f"{address}/publication", told) in ([303, 404], [303, 409])
    db.session.rollback()
    published.forget()
    assert [row.version for row in db.session.query(FormDefinition).order_by(FormDefinition.id)] == [2, 3, 4, 5]
    assert len(catalogue.load("comment").own_fields) == TRIES
