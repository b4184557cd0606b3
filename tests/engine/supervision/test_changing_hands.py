"""Steps of many cases change hands at once: given to one person, or taken over, with a result for each case."""

import pytest
from sqlalchemy import select

from engine.cases import queries, steps, timeline
from engine.cases.errors import CaseEnded, HandledIt, HasItAlready
from engine.cases.models import Involvement
from engine.kit.db import db, unit_of_work
from engine.kit.errors import NotAllowed
from engine.notifications import jobs as notifications
from engine.organization import hiring
from engine.supervision import bulk, bulk_acts
from engine.supervision.errors import NoStepOfYours
from engine.supervision.models import BulkRow
from tests.letters import messages
from tests.stories import Story

MOST = 12
REASON = "分担工作量"


@pytest.fixture
def now(at):
    return at("2026-03-02 15:00")


@pytest.fixture
def second(city, now):
    """Another handler of the sanitation bureau."""
    with unit_of_work():
        posts = [(city.sanitation, "handler", None)]
        hiring.hire("second", "新来的", "Correct-Horse-7", posts, by=city.system_admin, at=now)
    return city.actor("second")


def signed(city, now):
    return Story(city, now).filed().signed()


def do(city, now, stories, who, act, **values):
    """What became of each row: (state, the sentence without its places)."""
    with unit_of_work():
        numbers = [story.case_id for story in stories]
        run_id = bulk.begin(act, numbers, values, token="one", by=who, at=now).id
    assert bulk.claim("worker", now, run_id) == run_id
    bulk.carry_on(run_id, lambda: now)
    db.session.rollback()
    rows = db.session.scalars(select(BulkRow).where(BulkRow.run_id == run_id).order_by(BulkRow.position))
    return [(row.state, row.said) for row in rows]


def step(story):
    return steps.open_steps(story.case)[0]


def refusals(act, stories, who):
    found = bulk.preview(act, [story.case_id for story in stories], who)
    return [type(row.refusal) if row.refusal else None for row in found]


def test_a_supervisor_gives_the_steps_of_several_cases_to_one_person(city, now, second):
    stories = [signed(city, now) for _ in range(3)]
    due = [step(story).due_at for story in stories]
    done = do(city, now, stories, city.zhou, "bulk_reassignment", person_id=second.id, reason=REASON)
    assert done == [("done", "")] * 3
    assert [step(story).assignee_id for story in stories] == [second.id] * 3
    assert [step(story).due_at for story in stories] == due
    assert [story.told[-1] for story in stories] == ["reassignment"] * 3


def test_a_head_gives_only_what_is_his(city, now, second):
    mine, other = signed(city, now), Story(city, now).filed().handled()
    assert refusals("bulk_reassignment", [mine, other], city.head) == [None, NoStepOfYours]
    done = do(city, now, [mine, other], city.head, "bulk_reassignment", person_id=second.id, reason=REASON)
    assert done == [("done", "")]


def test_a_person_who_may_not_do_one_of_the_steps_gets_the_others(city, now, second):
    assigned, reviewed = signed(city, now), Story(city, now).filed().handled()
    done = do(city, now, [assigned, reviewed], city.zhou, "bulk_reassignment", person_id=second.id, reason=REASON)
    assert [state for state, _ in done] == ["done", "refused"]
    assert done[1][1] == "Please choose somebody who may do this step."
    assert step(reviewed).assignee_id is None


def test_who_can_be_chosen_serves_in_one_of_the_steps(city, now, second):
    stories = [signed(city, now), Story(city, now).filed().handled()]
    rows = bulk.preview("bulk_reassignment", [story.case_id for story in stories], city.zhou)
    offered = {number for number, _ in bulk_acts.people_for((row.case, row.step) for row in rows)}
    assert {str(second.id), str(city.handler.id), str(city.wang.id)} <= offered
    assert not offered & {str(one.id) for one in (city.parks_handler, city.clerk, city.li, city.system_admin)}


def test_a_step_of_assigning_given_to_a_handler_assigns_the_case(city, now, second):
    story = Story(city, now).filed().do("clerk", "signing")
    assert do(city, now, [story], city.zhou, "bulk_reassignment", person_id=second.id, reason=REASON) == [("done", "")]
    assert story.case.handler_id == second.id


def test_a_request_beside_the_case_is_left_where_it_is(city, now, second):
    story = signed(city, now).do("clerk", "extension", reason="materials", value=None, note="等待配件")
    do(city, now, [story], city.zhou, "bulk_reassignment", person_id=second.id, reason=REASON)
    held = {task.act: task.assignee_id for task in steps.open_steps(story.case)}
    assert held == {"handling": second.id, "extension_review": None}


def test_a_head_takes_several_steps_over(city, now):
    stories = [signed(city, now) for _ in range(2)]
    assert do(city, now, stories, city.head, "bulk_takeover", note="亲自处置") == [("done", "")] * 2
    assert [step(story).assignee_id for story in stories] == [city.head.id] * 2
    assert refusals("bulk_takeover", stories, city.head) == [HasItAlready] * 2


def test_nobody_takes_over_what_must_be_in_other_hands(city, now):
    story = Story(city, now).filed().handled().do("wang", "feedback_acceptance")
    with unit_of_work():
        timeline.involve(story.case_id, city.zhou.id, "handled")
        hiring.give_posts(
            city.user("zhou"), [(city.department("center"), "supervisor", None),
                                (city.department("center"), "collector", city.grid)],
            by=city.security_admin, at=now,
        )  # fmt: skip
    zhou = city.actor("zhou")
    assert refusals("bulk_takeover", [story], zhou) == [HandledIt]
    with unit_of_work():
        db.session.query(Involvement).filter_by(user_id=city.zhou.id, part="handled").delete()
    assert refusals("bulk_takeover", [story], zhou) == [None]
    assert do(city, now, [story], zhou, "bulk_takeover", note="就近核查") == [("done", "")]


def test_what_has_ended_is_nobodys(city, now):
    story = Story(city, now).closed()
    assert refusals("bulk_reassignment", [story], city.zhou) == [CaseEnded]


def test_who_may(city, now):
    story = signed(city, now)
    assert [act.name for act in bulk_acts.open_to(city.head)] == ["bulk_reassignment", "bulk_takeover"]
    # A supervisor does no step himself: there is nothing that he could take over.
    assert [act.name for act in bulk_acts.open_to(city.zhou)][-1] == "bulk_reassignment"
    for who, act in (("wu", "bulk_reassignment"), ("clerk", "bulk_reassignment"), ("zhou", "bulk_takeover"),
                     ("head", "urging"), ("head", "supervision_order")):  # fmt: skip
        with pytest.raises(NotAllowed):
            bulk.preview(act, [story.case_id], getattr(city, who))


def test_both_handlers_are_told(city, now, second):
    story = signed(city, now)
    notifications.address_due(now.replace(hour=16))
    before = {one.id for one in messages()}
    do(city, now, [story], city.zhou, "bulk_reassignment", person_id=second.id, reason=REASON)
    notifications.address_due(now.replace(hour=16))
    told = {(one.user_id, one.kind) for one in messages() if one.id not in before}
    assert told == {(second.id, "step_given"), (city.handler.id, "step_taken")}


def test_whoever_takes_a_step_over_is_not_told_what_he_knows(city, now):
    story = signed(city, now)
    notifications.address_due(story.now)
    before = {one.id for one in messages()}
    story.do("head", "takeover", note="我来处理")
    notifications.address_due(story.now)
    told = {(one.user_id, one.kind) for one in messages() if one.id not in before}
    assert told == {(city.handler.id, "step_taken")}


def test_a_preview_of_many_costs_as_much_as_of_one(city, now, statements):
    stories = [signed(city, now) for _ in range(3)]
    numbers = [story.case_id for story in stories]
    for act, who in (("bulk_reassignment", city.zhou), ("bulk_takeover", city.head)):
        costs = []
        for chosen in (numbers[:1], numbers):
            db.session.rollback()
            bulk.preview(act, chosen, who)
            db.session.rollback()
            with statements() as seen:
                bulk.preview(act, chosen, who)
            costs.append(len(seen))
        assert costs[0] == costs[1] <= MOST // 2, costs


def test_an_act_of_a_row_stays_below_twenty_statements(city, now, second, statements):
    story = signed(city, now)
    with statements() as seen, unit_of_work():
        case = queries.lock(story.case_id, city.zhou)
        bulk_acts.ACTS["bulk_reassignment"].perform(case, {"person_id": second.id, "reason": REASON}, city.zhou, now)
    assert len(seen) <= 20, len(seen)
