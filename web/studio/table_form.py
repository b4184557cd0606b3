"""The form of a decision table: its cells as a request sends them, and what its buttons ask for."""

from collections.abc import Iterable
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from engine.decisions import arranging
from engine.decisions.content import MOST_EXAMPLES, MOST_INPUTS, MOST_ROWS, Content, Example, Row
from engine.decisions.vocabulary import Decision, HitPolicy
from engine.kit.errors import Invalid
from engine.kit.i18n import N_

Form = MultiDict[str, str]
ADDED_INPUT = "add-input"


@dataclass(frozen=True)
class Asked:
    """What a button asked for: an act of ``arranging``, and the number that it is about."""

    act: str = ""
    number: int = 0

    @property
    def anchor(self) -> str:
        """Where the page goes on: the row, column or test case that the act was about."""
        kind = self.act.rpartition("-")[2]
        step = {"add-row": 1, "raise-row": -1, "lower-row": 1, "remove-row": 0, "move-input": -1}.get(self.act, 0)
        return f"{kind}-{max(1, self.number + step)}" if kind in {"row", "input", "example"} else "table"


def read(form: Form, decision: Decision) -> Content:
    """The table as it was typed. Raises TooLarge; Invalid where the request is none of this page."""
    try:
        policy = HitPolicy(form.get("hit_policy", HitPolicy.unique.value))
    except ValueError as error:
        raise Invalid.field("hit_policy", N_("This request could not be understood.")) from error
    inputs = tuple(form.getlist("input")[: MOST_INPUTS + 1])
    columns = decision.answers.columns
    rows = tuple(_row(form, number, len(inputs), columns) for number in _numbers(form, "rows", MOST_ROWS))
    examples = tuple(_example(form, number, inputs, columns) for number in _numbers(form, "examples", MOST_EXAMPLES))
    return Content(policy, inputs, rows, examples)


def asked(form: Form) -> Asked:
    """What the button that was pressed asks for; nothing but saving where it is none of ours."""
    act, _, number = form.get("do", "").partition(":")
    if act == ADDED_INPUT:
        return Asked(act)
    is_known = act in arranging.ACTS and number.isdecimal() and len(number) < 4
    return Asked(act, int(number)) if is_known else Asked()


def arranged(content: Content, wish: Asked, form: Form) -> Content:
    """The table with what the button asked for. Raises TooLarge."""
    if wish.act == ADDED_INPUT:
        name = form.get("new_input", "")
        return arranging.add_input(content, name) if name else content
    return arranging.ACTS[wish.act](content, wish.number) if wish.act else content


def _row(form: Form, number: int, width: int, columns: Iterable[str]) -> Row:
    tests = tuple(form.get(f"row.{number}.{place}", "") for place in range(width))
    return Row(tests, _output(form, f"row.{number}", columns), form.get(f"row.{number}.note", ""))


def _example(form: Form, number: int, inputs: Iterable[str], columns: Iterable[str]) -> Example:
    prefix = f"example.{number}"
    facts = {name: form.get(f"{prefix}.fact.{name}", "") for name in inputs}
    return Example(form.get(f"{prefix}.name", ""), facts, _output(form, prefix, columns))


def _output(form: Form, prefix: str, columns: Iterable[str]) -> dict[str, str]:
    return {name: ",".join(filter(None, form.getlist(f"{prefix}.out.{name}"))) for name in columns}


def _numbers(form: Form, name: str, most: int) -> range:
    """From 1 to as many as the page says that it shows; one too many is kept, so that it is refused."""
    text = form.get(name, "0")
    return range(1, min(int(text) if text.isdecimal() and len(text) < 6 else 0, most + 1) + 1)
