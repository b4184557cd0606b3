"""A form is designed in a draft, step by step, and published; whatever the program needs stays in it."""

import pytest

from engine.cases import answering, answers, step_forms, timeline
from engine.cases.models import Source
from engine.cases.reporting import Reporter
from engine.forms import catalogue
from engine.forms.models import FormDefinition
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from engine.process import definitions, linting
from engine.process.models import OpenTask
from engine.studio import designing, drafting, form_publishing, form_uses, questioning
from engine.studio.errors import FormChanged, FormInUse, FormNotDesigned, NothingToUndo
from tests.city import at
from tests.engine.studio.redrawing import reviewed
from tests.stories import Story

NINE = at("2026-03-02 09:00")
CRANE = {"zh": "需要吊车", "en": "Needs a crane"}


@pytest.fixture
def who(city):
    return {"by": city.system_admin, "at": NINE}


@pytest.fixture
def draft(who):
    """The form by which a department is told to handle a case is being changed."""
    with unit_of_work():
        return designing.begin("dispatch", **who)


def names(draft):
    return [one["name"] for one in draft.entry["fields"]]


def test_a_draft_begins_with_what_is_in_force_in_both_languages(draft):
    assert names(draft) == ["department_id", "note"]
    assert draft.entry["title"] == {"zh": "派遣", "en": "Dispatch"}
    assert draft.entry["fields"][1]["phrases"][0] == {
        "zh": "请按时限处置。",
        "en": "Please handle within the time limit.",
    }


def test_a_form_has_one_draft(draft, city, who):
    with pytest.raises(FormInUse):
        designing.begin("dispatch", by=city.qian, at=NINE)
    designing.discard(draft.id, **who)
    assert designing.begin("dispatch", **who).id != draft.id


def test_a_question_is_added_moved_changed_and_removed(draft, who):
    name = questioning.add(draft.id, "boolean", CRANE, revision=1, **who)
    assert name == "needs_a_crane"
    questioning.move(draft.id, name, -1, revision=2, **who)
    assert names(draft) == ["department_id", "needs_a_crane", "note"]
    told = {"label": CRANE, "kind": "text", "name": "x", "help": {"zh": "超过三吨", "en": ""}, "width": "half"}
    questioning.change(draft.id, name, told, revision=3, **who)
    changed = questioning.question(draft, name)
    assert (changed["kind"], changed["help"]["zh"]) == ("boolean", "超过三吨")
    questioning.remove(draft.id, name, revision=4, **who)
    assert names(draft) == ["department_id", "note"]


def test_every_change_can_be_undone_and_done_again(draft, who):
    questioning.add(draft.id, "text", CRANE, revision=1, **who)
    questioning.remove(draft.id, "note", revision=2, **who)
    assert designing.steps_around(draft) == (True, False)
    designing.undo(draft.id, revision=3, **who)
    assert names(draft) == ["department_id", "note", "needs_a_crane"]
    designing.undo(draft.id, revision=4, **who)
    designing.redo(draft.id, revision=5, **who)
    assert designing.steps_around(draft) == (True, True)
    questioning.move(draft.id, "needs_a_crane", -2, revision=6, **who)
    with pytest.raises(NothingToUndo):
        designing.redo(draft.id, revision=7, **who)
    assert designing.steps_around(draft) == (True, False)


def test_of_two_at_once_the_second_is_told_who_was_first(draft, city, who):
    questioning.add(draft.id, "text", CRANE, revision=1, **who)
    with pytest.raises(FormChanged, match=city.system_admin.name):
        questioning.remove(draft.id, "note", revision=1, by=city.qian, at=NINE)
    with pytest.raises(FormNotDesigned):
        designing.discard(draft.id + 1, **who)


def test_what_the_program_needs_is_not_taken_out(draft, who):
    with pytest.raises(Invalid) as refused:
        questioning.remove(draft.id, "department_id", revision=1, **who)
    assert str(refused.value.fields["department_id"][0]) == "The program needs this question; it cannot be taken out."
    question = questioning.question(draft, "department_id") | {"required": False}
    with pytest.raises(Invalid):
        questioning.change(draft.id, "department_id", question, revision=1, **who)


def test_a_question_of_the_program_is_put_back(draft, who):
    questioning.remove(draft.id, "note", revision=1, **who)
    assert questioning.taken_out(draft) == ["note"]
    questioning.put_back(draft.id, "note", revision=2, **who)
    assert names(draft) == ["department_id", "note"]
    assert questioning.question(draft, "note")["label"]["en"] == "Instruction"


def test_a_question_on_which_another_depends_stays(draft, who):
    crane = questioning.add(draft.id, "boolean", CRANE, revision=1, **who)
    rule = {"visible_when": {"field": crane, "is": ["1"]}}
    tons = questioning.add(draft.id, "integer", {"zh": "吨位", "en": "Tons"}, revision=2, **who)
    questioning.change(draft.id, tons, questioning.question(draft, tons) | rule, revision=3, **who)
    with pytest.raises(Invalid) as refused:
        questioning.remove(draft.id, crane, revision=4, **who)
    assert "tons" in refused.value.fields


def test_a_name_is_not_that_of_a_fact_of_the_program(draft, who):
    assert questioning.add(draft.id, "text", {"zh": "", "en": "Category"}, revision=1, **who) == "category_2"
    assert questioning.add(draft.id, "text", {"zh": "备注", "en": ""}, revision=2, **who) == "beizhu"
    assert questioning.add(draft.id, "text", {"zh": "？", "en": ""}, revision=3, **who) == "question"


@pytest.mark.parametrize(
    ("kind", "label", "field"), [("python", CRANE, "kind"), ("text", {"zh": " ", "en": ""}, "label_zh")]
)
def test_a_question_needs_a_kind_and_a_label(draft, who, kind, label, field):
    with pytest.raises(Invalid) as refused:
        questioning.add(draft.id, kind, label, revision=1, **who)
    assert field in refused.value.fields


def publish(draft, city, **more):
    with unit_of_work():
        told = {"revision": draft.revision, "note": "吊车要提前安排", "by": city.system_admin, "at": NINE} | more
        return form_publishing.publish(draft.id, **told).version


@pytest.fixture
def crane(draft, city, who):
    """Who dispatches says from nine on whether a crane is needed."""
    with unit_of_work():
        questioning.add(draft.id, "boolean", CRANE, revision=draft.revision, **who)
    publish(draft, city)


def test_a_published_form_stands_over_its_file(crane):
    form = catalogue.load("dispatch")
    assert (form.version, [one.name for one in form.own_fields]) == (2, ["needs_a_crane"])
    assert catalogue.load("dispatch", 1) is catalogue.shipped("dispatch")
    assert form.read({"department_id": "7", "needs_a_crane": "on"}) == {
        "department_id": 7, "note": "", "needs_a_crane": True
    }  # fmt: skip


def test_an_open_step_keeps_the_version_that_it_opened_with(crane):
    assert catalogue.load("dispatch", at=at("2026-03-02 08:59")).version == 1
    assert catalogue.load("dispatch", at=at("2026-03-02 09:01")).version == 2


def test_a_step_that_was_moved_asks_what_its_drawing_reads(city, who, minute):
    by = who["by"]
    with unit_of_work():
        draft = designing.begin_new("复审", "Second review", **who)
        form_publishing.publish(draft.id, revision=1, note="二级审批", **who)
        before = definitions.publish("review", reviewed("second_review", "outcome == 'no'"), by_id=by.id, at=NINE)
        draft = designing.begin("second_review", by=by, at=minute(5))
        questioning.add(draft.id, "boolean", {"zh": "有疑点", "en": "In doubt"}, revision=1, by=by, at=minute(5))
        form_publishing.publish(draft.id, revision=2, note="问疑点", by=by, at=minute(5))
        after = definitions.publish("review", reviewed("second_review", "in_doubt"), by_id=by.id, at=minute(10))
    step = OpenTask(opened_at=minute(1), definition_id=before.id)
    assert step_forms.of(step, "second_review").version == 1
    step.definition_id = after.id
    assert step_forms.of(step, "second_review").version == 2


def test_an_act_finds_what_its_form_does_not_ask(city, who):
    with unit_of_work():
        draft = designing.begin("arbitration", **who)
        questioning.remove(draft.id, "note", revision=1, **who)
    publish(draft, city)
    sent = {"department_id": "7", "authorised_by": "市长", "minutes_number": "1"}
    assert catalogue.load("arbitration").read(sent)["note"] == ""


def test_answers_are_kept_with_the_act_and_masked(city, who):
    with unit_of_work():
        draft = designing.begin("comment", **who)
        questioning.add(draft.id, "text", {"zh": "现场联系人", "en": "Contact"}, revision=1, **who)
        questioning.add(draft.id, "date", {"zh": "日期", "en": "Day"}, revision=2, **who)
        form_publishing.publish(draft.id, revision=3, note="留联系人", **who)
    form, caller = catalogue.load("comment"), Reporter("李小明", "13812345678")
    story = Story(city, now=NINE).report("sun", source=Source.hotline, photos=(), reporter=caller)
    values = form.read({"note": "已联系", "contact": "李小明 138 1234 5678", "day": "2026-03-02"})
    with answering.answering(form, values):
        story.do("li", "comment", **values)
    entry = timeline.of(story.case)[-1]
    kept = {"contact": "李** 138****5678", "day": "2026-03-02"}
    assert entry.detail["answers"] == {"form": "comment", "version": 2, "values": kept}
    assert [str(one.question.label) for one in answers.of(entry.detail)] == ["现场联系人", "日期"]


def test_an_earlier_version_comes_back_as_the_next(crane, city):
    with unit_of_work():
        form_publishing.restore("dispatch", 1, note="不再需要", by=city.system_admin, at=NINE)
    form = catalogue.load("dispatch")
    assert (form.version, form.own_fields) == (3, ())
    with unit_of_work():
        form_publishing.restore("dispatch", 2, note="还是需要", by=city.system_admin, at=NINE)
    assert catalogue.load("dispatch").version == 4


def test_a_drawing_keeps_what_it_reads(city, who):
    with unit_of_work():
        draft = designing.begin_new("复审", "Second review", **who)
        questioning.add(draft.id, "boolean", {"zh": "有疑点", "en": "In doubt"}, revision=1, **who)
        form_publishing.publish(draft.id, revision=2, note="二级审批", **who)
    with unit_of_work():
        definitions.publish("review_of_doubts", reviewed("second_review", "in_doubt"), by_id=who["by"].id, at=NINE)
    assert [use.key for use in form_uses.uses("second_review")] == ["review_of_doubts"]
    draft = designing.begin("second_review", **who)
    questioning.remove(draft.id, "in_doubt", revision=1, **who)
    with pytest.raises(Invalid) as refused:
        form_publishing.publish(draft.id, revision=2, note="不问了", **who)
    assert [str(one) for one in refused.value.fields[""]] == [
        'The process "复审", version 1, needs what this form gives:',
        "The condition in_doubt reads in_doubt, which nobody gives.",
    ]


def test_a_drawing_is_refused_whose_form_lacks_what_it_reads(city, who):
    with unit_of_work():
        draft = designing.begin_new("复审", "Second review", **who)
        form_publishing.publish(draft.id, revision=1, note="二级审批", **who)
    found = linting.check(reviewed("second_review", "in_doubt"))
    assert [str(one.text % one.params) for one in found] == [
        "The condition in_doubt reads in_doubt, which nobody gives."
    ]
    assert "There is no form" in linting.check(reviewed("third_review", "outcome == 'done'"))[0].text


def test_a_drawing_is_refused_whose_form_asks_for_no_decision(city):
    assert [str(one.text % one.params) for one in linting.check(reviewed("feedback", "outcome == 'good'"))] == [
        'The form of the step "复审" asks for no decision, but the ways behind it depend on one.'
    ]
    assert linting.check(reviewed("feedback", "is_public")) == []
    assert linting.check(reviewed("step", "outcome == 'good'")) == []


def test_a_draft_of_a_drawing_only_warns(city, who):
    with unit_of_work():
        draft = designing.begin_new("复审", "Second review", **who)
        questioning.add(draft.id, "boolean", {"zh": "有疑点", "en": "In doubt"}, revision=1, **who)
        form_publishing.publish(draft.id, revision=2, note="二级审批", **who)
        drafting.begin(drafting.Source("review_of_doubts", reviewed("second_review", "in_doubt")), **who)
        draft = designing.begin("second_review", **who)
        questioning.remove(draft.id, "in_doubt", revision=1, **who)
    with pytest.raises(Invalid) as refused:
        form_publishing.publish(draft.id, revision=2, note="不问了", **who)
    assert list(refused.value.fields) == ["has_read"]
    assert form_publishing.publish(draft.id, revision=2, note="不问了", has_read=True, **who).version == 2


def test_who_publishes_says_why_and_sees_what_others_published(draft, city, who):
    with pytest.raises(Invalid):
        publish(draft, city, note=" ")
    with unit_of_work():
        db.session.add(
            FormDefinition(key="dispatch", version=2, state="published", entry=draft.entry | {"version": 2},
                           created_at=NINE, changed_at=NINE, published_at=NINE, published_by_id=city.qian.id)
        )  # fmt: skip
    with pytest.raises(FormChanged, match=city.qian.name):
        publish(draft, city)
