"""Review by a second person: of several at the same moment, one puts something in force, and the others are told."""

import pytest
from sqlalchemy import func, select

from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.process.models import ProcessDefinition
from engine.studio import drafting, reviewing, versions
from engine.studio.errors import DrewItOneself, NotHandedIn
from engine.studio.models import StudioDraft
from tests.engine.studio.at_once import at_once
from tests.engine.studio.conftest import NINE
from tests.engine.studio.redrawing import renamed


@pytest.fixture
def handed_in(city):
    """A change of the standard case that waits for a second person."""
    with unit_of_work():
        based = definitions.in_force("standard_case").id
        source = drafting.Source("standard_case", renamed("handle", "repair"), based)
        draft = drafting.begin(source, by=city.system_admin, at=NINE)
        return reviewing.submit(draft.id, revision=1, note="处置改名", has_read=True, by=city.system_admin, at=NINE).id


def in_force():
    active = (ProcessDefinition.key == "standard_case") & (ProcessDefinition.state == "active")
    return db.session.scalar(select(func.count()).select_from(ProcessDefinition).where(active))


def test_two_who_agree_at_the_same_moment_publish_once(city, handed_in):
    def agree():
        reviewing.approve(handed_in, revision=1, note="", by=city.qian, at=NINE)

    assert at_once(city, agree, agree) == ["NotHandedIn", "done"]
    assert (definitions.active("standard_case").version, in_force()) == (2, 1)


def test_who_brings_a_version_back_while_another_agrees_does_not_overwrite_him(city, handed_in):
    first = definitions.active("standard_case").id
    with unit_of_work():
        second = definitions.publish("standard_case", renamed("handle", "mend"), by_id=None, at=NINE).id
        db.session.get(StudioDraft, handed_in).based_on_id = second

    def agree():
        reviewing.approve(handed_in, revision=1, note="", by=city.qian, at=NINE)

    def bring_back():
        versions.roll_back(first, reason="出错", by=city.system_admin, at=NINE)

    told = at_once(city, agree, bring_back)
    assert told in (["PublishedMeanwhile", "done"], ["done", "done"])
    assert in_force() == 1
    newest = db.session.scalar(select(func.max(ProcessDefinition.version)))
    assert newest == (3 if "PublishedMeanwhile" in told else 4)


def test_who_agrees_while_its_maker_takes_it_back_is_told(city, handed_in):
    def agree():
        reviewing.approve(handed_in, revision=1, note="", by=city.qian, at=NINE)

    def take_back():
        reviewing.withdraw(handed_in, by=city.system_admin, at=NINE)

    assert at_once(city, agree, take_back) == ["NotHandedIn", "done"]


def test_makers_are_whoever_drew_or_handed_it_in(city, handed_in):
    draft = drafting.find(handed_in)
    assert reviewing.makers(draft) == {city.system_admin.id}
    assert (reviewing.count_for(city.qian.id), reviewing.count_for(city.system_admin.id)) == (1, 0)
    assert reviewing.ids_for(city.qian.id) == {handed_in}
    with pytest.raises(DrewItOneself):
        reviewing.approve(handed_in, revision=1, note="", by=city.system_admin, at=NINE)
    with unit_of_work():
        reviewing.send_back(handed_in, revision=1, reason="再画", by=city.qian, at=NINE)
    assert reviewing.count_for(city.qian.id) == 0
    with pytest.raises(NotHandedIn):
        reviewing.withdraw(handed_in, by=city.system_admin, at=NINE)
