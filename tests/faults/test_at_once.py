"""The same step, done twice at the same moment from two browsers."""

from threading import Barrier, Thread

from engine.kit.db import db
from tests.browsing import Browser
from tests.faults import ledger

TRIES = 5


def test_only_one_of_two_wins_and_the_other_is_told(web, start, reported, guide):
    cases = reported(TRIES)
    start(web)
    browsers = [Browser(web.port).sign_in("li") for _ in range(2)]
    for case_id in cases:
        errand = guide.errands([case_id])[0]
        db.session.rollback()
        answers = at_once(browsers, errand)
        assert sorted(answer.status for answer in answers) == [303, 409]
        loser = next(answer for answer in answers if answer.status == 409)
        assert "已" in loser.text
    assert ledger.contradictions(cases) == []
    assert {tuple(ledger.told(case_id)) for case_id in cases} == {("report", "acceptance")}


def at_once(browsers, errand):
    ready, answers = Barrier(len(browsers)), []

    def send(browser):
        ready.wait()
        answers.append(browser.post(errand.address, errand.values))

    threads = [Thread(target=send, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
