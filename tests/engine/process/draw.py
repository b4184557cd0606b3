"""Writes the drawings of this folder anew: ``python -m tests.engine.process.draw``."""

from tests.engine.process.sketching import Sketch
from tests.engine.process.stories import DRAWINGS


def repair() -> Sketch:
    """Accept, let the machine find a department, handle until it is good; a reminder while handling takes long."""
    s = Sketch("repair").start().user("accept", stage="reported").xor("accepted", "no").end("refused", stage="rejected")
    s.service("find", "find_department").xor("was_found", "not_found").user("dispatch")
    s.user("handle", stage="handling", clock="handling", colour="red").user("verify", stage="verifying")
    s.timer("late", "handle", clock="handling").service("remind", "urge", to="clerk").end("reminded")
    s.xor("judged", "passed").script("count", "rounds = rounds + 1").end("closed", stage="closed", result="resolved")
    s.chain("begin", "accept", "accepted").flow("accepted", "refused", name="no")
    s.flow("accepted", "find", 'outcome == "accept"').chain("find", "was_found")
    s.flow("was_found", "handle", "found").flow("was_found", "dispatch", name="not_found").flow("dispatch", "handle")
    s.chain("late", "remind", "reminded").chain("handle", "verify", "judged").flow("judged", "closed", name="passed")
    return s.flow("judged", "count", 'outcome == "failed"').flow("count", "handle")


def errand() -> Sketch:
    """Two things at once, a wait of half an hour, and a letter from outside."""
    s = Sketch("errand").start().parallel("both").user("buy").user("cook").parallel("ready")
    s.wait("rest", duration='"PT30M"').receive("letter", "letter_came").end("done", stage="closed")
    s.chain("begin", "both", "buy", "ready", "rest", "letter", "done").chain("both", "cook", "ready")
    return s


def main() -> None:
    DRAWINGS.mkdir(exist_ok=True)
    for sketch in (repair(), errand()):
        (DRAWINGS / f"{sketch.key}.bpmn").write_text(sketch.xml())


if __name__ == "__main__":
    main()
