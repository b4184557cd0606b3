"""What has changed between two drawings, in words."""

from engine.process import differences
from engine.process.differences import Kind
from tests.engine.process.sketching import Sketch


def plain(**task: str) -> Sketch:
    return Sketch("p").start().user("buy", **task).end("done").chain("begin", "buy", "done")


def found(before: Sketch, after: Sketch) -> dict[str, Kind]:
    return {one.id: one.kind for one in differences.between(before.xml(), after.xml())}


def test_the_same_drawing_has_no_differences() -> None:
    assert differences.between(plain().xml(), plain().xml()) == []


def test_what_came_and_went_is_told() -> None:
    more = Sketch("p").start().user("buy").user("pay").end("done").chain("begin", "buy", "pay", "done")
    assert found(plain(), more) == {
        "done": Kind.moved, "pay": Kind.added, "buy_to_done": Kind.removed, "buy_to_pay": Kind.added,
        "pay_to_done": Kind.added,
    }  # fmt: skip
    assert found(more, plain())["pay"] == Kind.removed


def test_what_came_and_went_is_told_with_all_that_it_is() -> None:
    more = Sketch("p").start().user("buy").user("pay", clock="handling", department="owner").end("done")
    more.chain("begin", "buy").flow("buy", "pay", "cost > 1").chain("pay", "done")
    came = {one.id: one for one in differences.between(plain().xml(), more.xml())}
    values = {"lane": "clerk", "form": "pay", "act": "pay", "clock": "handling", "department": "owner"}
    assert {each.name: (each.before, each.after) for each in came["pay"].aspects} == {
        name: ("", value) for name, value in values.items()
    }
    assert came["buy_to_pay"].ends == ("buy", "pay"), "the title says what it comes from and leads to"
    assert [(each.name, each.after) for each in came["buy_to_pay"].aspects] == [("condition", "cost > 1")]
    went = {one.id: one for one in differences.between(more.xml(), plain().xml())}
    assert {each.name: (each.before, each.after) for each in went["pay"].aspects} == {
        name: (value, "") for name, value in values.items()
    }


def test_what_has_no_name_is_known() -> None:
    source = plain().xml().replace('id="buy" name="buy"', 'id="buy"')
    assert differences.nameless(source)["buy"] == "userTask"
    assert "done" not in differences.nameless(source)


def test_what_changed_is_told_with_both_values() -> None:
    [one] = differences.between(plain(stage="buying").xml(), plain(clock="handling", colour="red").xml())
    assert (one.id, one.kind, one.name) == ("buy", Kind.changed, "buy")
    assert {(each.name, each.before, each.after) for each in one.aspects} == {
        ("stage", "buying", ""), ("clock", "", "handling"), ("colour", "", "red")
    }  # fmt: skip


def test_a_condition_that_changed_is_told_of_its_flow() -> None:
    def choosing(condition: str) -> Sketch:
        s = Sketch("p").start().xor("which", "other").end("one").end("two").chain("begin", "which")
        return s.flow("which", "one", condition).flow("which", "two", name="other")

    [one] = differences.between(choosing("a > 1").xml(), choosing("a > 2").xml())
    assert (one.element, one.name, one.ends) == ("sequenceFlow", "", ("which", "one"))
    assert [(each.before, each.after) for each in one.aspects] == [("a > 1", "a > 2")]


def test_lines_to_an_element_of_another_name_have_not_changed() -> None:
    source = plain().xml()
    renamed = source.replace('id="buy" name="buy"', 'id="buy" name="purchase"')
    assert [one.id for one in differences.between(source, renamed)] == ["buy"]
    other_id = source.replace('"buy"', '"shop"').replace('name="shop"', 'name="buy"').replace(">buy<", ">shop<")
    kinds = {one.id: one.kind for one in differences.between(source, other_id)}
    assert kinds == {"buy": Kind.removed, "shop": Kind.added}


def test_a_drawing_that_was_shifted_as_a_whole_has_not_changed() -> None:
    source = plain().xml()
    assert differences.between(source, source.replace('y="100"', 'y="400"')) == []
