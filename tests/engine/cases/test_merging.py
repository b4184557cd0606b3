"""Merging: into what, who is called back, and two clerks who merge crosswise at the same moment."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from engine.access.actors import Reach
from engine.cases import acts, merging, queries
from engine.cases.errors import CaseEnded, InUse, MergedIntoItself, StepNotOpen
from engine.cases.models import Case, Source, Stage
from engine.cases.reporting import Reporter
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Conflict, Invalid
from tests import databases
from tests.stories import Story


def call(city, now):
    """A citizen's report of the same garbage."""
    story = Story(city, now=now)
    return story.report("sun", source=Source.hotline, photos=(), reporter=Reporter("李先生", "13900000000"))


def test_a_report_is_not_merged_into_one_that_was_merged(city):
    first = Story(city).report()
    second, third = Story(city, now=first.now).report(), Story(city, now=first.now).report()
    second.do("li", "merger", into_number=first.case.number)
    with pytest.raises(Invalid) as refused:
        third.do("li", "merger", into_number=second.case.number)
    assert "into_number" in refused.value.fields
    db.session.rollback()
    with pytest.raises((Invalid, MergedIntoItself)):
        first.do("li", "merger", into_number=second.case.number)
    db.session.rollback()
    assert (first.case.stage, third.case.stage) == (Stage.reported, Stage.reported)


def test_a_case_that_one_may_not_see_is_not_merged_into(city):
    hidden = Story(city).filed()
    story = Story(city, now=hidden.now).report()
    narrow = replace(city.zheng, permissions=city.li.permissions, groups=city.li.groups, reach=Reach())
    with pytest.raises(Invalid) as refusal:
        story.do(narrow, "merger", into_number=hidden.case.number)
    assert "into_number" in refusal.value.fields


def test_a_patrol_report_may_be_merged_into_a_case_just_closed(city):
    first = Story(city).closed()
    second = Story(city, now=first.now + timedelta(hours=1)).report().do("li", "merger", into_number=first.case.number)
    assert (second.case.stage, second.case.merged_into_id) == (Stage.merged, first.case_id)
    assert first.case.stage == Stage.closed


def test_a_citizens_report_is_not_merged_into_a_closed_case_that_calls_nobody_back(city):
    first = Story(city).closed()
    second = call(city, first.now)
    with pytest.raises(Invalid) as refused:
        second.do("li", "merger", into_number=first.case.number)
    assert "into_number" in refused.value.fields
    db.session.rollback()
    first.do("zhao", "reopening", reason="群众反映问题重现")
    second.do("li", "merger", into_number=first.case.number)
    assert second.case.stage == Stage.merged


def test_nor_is_a_case_that_took_one_in(city):
    closed = Story(city).closed()
    middle = Story(city, now=closed.now).report()
    call(city, closed.now).do("li", "merger", into_number=middle.case.number)
    with pytest.raises(Invalid):
        middle.do("li", "merger", into_number=closed.case.number)


def test_the_citizen_of_a_report_that_was_merged_twice_over_is_called_back(city):
    main = Story(city).report()
    middle = Story(city, now=main.now).report()
    call(city, main.now).do("li", "merger", into_number=middle.case.number)
    assert not merging.took_in_public(main.case)
    middle.do("li", "merger", into_number=main.case.number)
    main.filed().handled().verified().do("zhao", "closure", result="resolved")
    assert main.waiting == {"call_back"}


def test_two_who_merge_crosswise_never_wait_for_each_other(city):
    first = Story(city).report()
    second = Story(city, now=first.now).report()
    pairs = [(first.case_id, second.case.number), (second.case_id, first.case.number)]
    db.session.rollback()
    ready, answers = Barrier(2, timeout=10), []
    app, li = databases.application(city.url), city.li
    db.session.rollback()

    def merge(case_id, into_number):
        with app.app_context():
            try:
                if db.engine.dialect.name == "sqlite":  # one writer at a time: they meet before
                    ready.wait()
                with unit_of_work():
                    case = queries.lock(case_id, li)
                    if db.engine.dialect.name == "postgresql":
                        ready.wait()
                    acts.perform(case, "merger", {"into_number": into_number}, by=li, at=first.now)
                answers.append("merged")
            except (Conflict, Invalid) as refusal:
                answers.append(type(refusal))
            except BaseException as error:
                answers.append(error)
            finally:
                db.session.remove()

    threads = [Thread(target=merge, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with app.app_context():
        db.engine.dispose()
    assert answers.count("merged") == 1, answers
    assert {*answers} - {"merged"} <= {InUse, Invalid, CaseEnded, StepNotOpen}
    stages = sorted(db.session.query(Case.stage).filter(Case.id.in_([first.case_id, second.case_id])))
    assert [stage for (stage,) in stages] == ["merged", "reported"]
