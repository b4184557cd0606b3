"""Drafts: begun, saved, refused when stale, given up."""

import re
from threading import Barrier, Thread

import pytest

from engine.audit.models import AuditRecord
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Conflict, Invalid, NotFound
from engine.process import definitions, linting
from engine.process.errors import UnreadableXml
from engine.studio import blank, drafting, editing
from engine.studio.errors import DraftExists, DraftInUse, NoSuchDraft, NotBeingDrawn, StaleSave
from tests import databases


def renamed(draft, name):
    """The drawing with another name for its first step."""
    return re.sub(r'(<bpmn:userTask id="accept" name=)"[^"]*"', rf'\1"{name}"', draft.xml)


def save(draft, name, *, by, at, revision=None):
    with unit_of_work():
        return drafting.save(draft.id, renamed(draft, name), revision=revision or draft.revision, by=by, at=at)


def test_a_draft_begins_as_the_version_that_it_changes(city, draft):
    version = definitions.active("standard_case")
    assert (draft.key, draft.based_on_id, draft.revision, draft.state) == ("standard_case", version.id, 1, "drawing")
    assert linting.check(draft.xml) == []
    assert drafting.hands(draft.id) == set()


def test_a_save_counts_and_remembers_whose_hand_it_was(city, draft, minute):
    save(draft, "受理登记", by=city.system_admin, at=minute(1))
    save(draft, "受理登记处", by=city.system_admin, at=minute(2))
    kept = drafting.find(draft.id)
    assert (kept.revision, kept.changed_by_id, kept.changed_at) == (3, city.system_admin.id, minute(2))
    assert "受理登记处" in kept.xml
    assert drafting.hands(draft.id) == {city.system_admin.id}


def test_saving_the_same_again_counts_nothing(city, draft, minute):
    with unit_of_work():
        drafting.save(draft.id, draft.xml, revision=1, by=city.system_admin, at=minute(1))
    assert drafting.find(draft.id).revision == 1
    assert drafting.hands(draft.id) == set()


def test_a_stale_save_is_refused_and_names_who_was_faster(city, draft, minute):
    save(draft, "甲", by=city.zhao, at=minute(5))
    with unit_of_work():
        editing.take_over(draft.id, by=city.system_admin, at=minute(6))
    with pytest.raises(StaleSave) as refused:
        save(draft, "乙", by=city.system_admin, at=minute(6), revision=1)
    assert refused.value.params["name"] == city.zhao.name
    assert "甲" in drafting.find(draft.id).xml


def test_a_drawing_that_is_wrong_is_kept_all_the_same(city, draft, minute):
    wrong = draft.xml.replace('targetRef="accept"', 'targetRef="nowhere"', 1)
    with unit_of_work():
        drafting.save(draft.id, wrong, revision=1, by=city.system_admin, at=minute(1))
    assert linting.check(drafting.find(draft.id).xml)


@pytest.mark.parametrize("text", ["", "drawing", "<a/>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<a>" * 200])
def test_what_is_no_drawing_is_not_kept(city, draft, minute, text):
    with pytest.raises(UnreadableXml), unit_of_work():
        drafting.save(draft.id, text, revision=1, by=city.system_admin, at=minute(1))
    assert drafting.find(draft.id).revision == 1


def test_each_process_has_one_open_draft(city, draft, minute):
    version = definitions.active("standard_case").id
    with pytest.raises(DraftExists) as refused:
        drafting.from_version(version, by=city.zhao, at=minute(1))
    assert refused.value.params["name"] == city.system_admin.name
    with unit_of_work():
        drafting.discard(draft.id, by=city.system_admin, at=minute(2))
        assert drafting.from_version(version, by=city.zhao, at=minute(3)).id != draft.id


def test_of_two_who_begin_at_once_one_is_told_so(city, minute):
    version, gate, told = definitions.active("extension").id, Barrier(2), []

    def begin(user):
        with databases.application(city.url).app_context():
            gate.wait()
            try:
                with unit_of_work():
                    drafting.from_version(version, by=user, at=minute(1))
                told.append("begun")
            except Conflict:
                told.append("refused")
            finally:
                db.session.remove()
                db.engine.dispose()

    people = [city.system_admin, city.zhao]
    threads = [Thread(target=begin, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["begun", "refused"]


def test_a_discarded_draft_stays_for_the_record_and_is_drawn_in_no_more(city, draft, minute):
    with unit_of_work():
        drafting.discard(draft.id, by=city.system_admin, at=minute(1))
    with pytest.raises(NotBeingDrawn):
        save(draft, "晚了", by=city.system_admin, at=minute(2))
    with pytest.raises(NotBeingDrawn):
        drafting.discard(draft.id, by=city.system_admin, at=minute(2))
    assert drafting.open_drafts() == []
    actions = [row.action for row in db.session.query(AuditRecord).filter_by(object_kind="draft")]
    assert actions == ["draft.begun", "draft.discarded"]


def test_while_somebody_draws_another_only_looks_on(city, draft, minute):
    with pytest.raises(DraftInUse) as refused:
        save(draft, "我来", by=city.zhao, at=minute(1))
    assert refused.value.params["name"] == city.system_admin.name


def test_a_blank_drawing_has_its_name_and_what_is_missing_is_said(city):
    text = blank.drawing("tree_felling", 'Trees & <b>"shrubs"</b>')
    assert drafting.name_in(text) == 'Trees & <b>"shrubs"</b>'
    assert {found.element_id for found in linting.check(text)} == {"first_step"}


def test_who_begins_with_a_drawing_of_his_own_has_drawn(city, minute):
    with unit_of_work():
        text = blank.drawing("trees", "树木")
        draft = drafting.begin(drafting.Source("trees", text), by=city.system_admin, at=minute(0))
    assert drafting.hands(draft.id) == {city.system_admin.id}


@pytest.mark.parametrize("key", ["", "A", "1a", "a b", "../etc", "a" * 90, "流程"])
def test_a_key_is_plain(city, minute, key):
    with pytest.raises(Invalid) as refused:
        drafting.begin(drafting.Source(key, blank.drawing("x", "x")), by=city.system_admin, at=minute(0))
    assert "key" in refused.value.fields


def test_a_free_key_is_made_of_any_name(city):
    assert drafting.free_key("Standard case") == "standard_case_2"
    assert drafting.free_key("shu mu/砍伐") == "shu_mu"
    assert drafting.free_key("《》") == "process"


def test_what_is_not_there_is_said(city, minute):
    with pytest.raises(NoSuchDraft):
        drafting.find(999)
    with pytest.raises(NotFound):
        drafting.from_version(999, by=city.system_admin, at=minute(0))


def test_a_save_costs_few_statements(city, draft, minute, statements):
    with statements() as seen:
        save(draft, "受理登记", by=city.system_admin, at=minute(1))
    assert len(seen) <= 8, "\n".join(seen)
