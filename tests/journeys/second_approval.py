"""The change of the standard case that the long journey and the handbook's pictures tell of: exposed garbage is closed
only once a leader, too, has agreed."""

from dataclasses import dataclass

from tests.journeys.drawing_board import Board
from tests.stories import GARBAGE

BESIDE_THE_DIRECTORS = (1900, 1430)
"""A free place in the director's lane; the leaders' lane comes right below it."""


@dataclass(frozen=True)
class SecondApproval:
    """Ids of what was drawn: ``asked`` whether a leader must agree, his ``step``, and what he ``decided``."""

    asked: str
    step: str
    decided: str


def draw(board: Board) -> SecondApproval:
    """Gateway, step and ways; on two things nobody has thought yet (see ``mend``)."""
    board.choose("closure_result_to_is_public_report").beside("delete")
    board.choose("closure_result").beside("append.gateway").set("name", "是否须领导复审")
    asked = board.element
    placed = board.place("approve", *BESIDE_THE_DIRECTORS)
    step = next(one for one in placed if one.startswith("Activity"))
    decided = next(one for one in placed if one.startswith("Gateway"))
    board.choose(step).set("name", "领导复审").set("form", "step").set("role", "leader").set("clock", "closure")
    board.choose(asked).connect(step).set("name", "暴露垃圾").ask_for("kind", "event").ask_for("category", GARBAGE)
    board.choose(asked).connect("is_public_report").set("name", "其他案件").set("default", True)
    board.choose(decided).connect("is_public_report").set("name", "同意").ask_for("outcome", "approve")
    return SecondApproval(asked, step, decided)


def mend(board: Board, drawn: SecondApproval) -> None:
    """Say when the way to the new gateway is taken, and what becomes of a case that the leader does not agree to."""
    board.page.click("[data-part=findings] button >> nth=0")
    board.set("name", "同意结案").ask_for("outcome", "close")
    board.choose(drawn.decided).connect("approve_closure").set("name", "退回值班长").ask_for("outcome", "return")
