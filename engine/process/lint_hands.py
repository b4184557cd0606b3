"""Rules about hands: whoever does the work does not judge it. Which acts and ends these are, the vocabulary tells."""

from collections.abc import Callable, Iterator
from functools import partial

from engine.kit.i18n import N_
from engine.process import parser, vocabulary, xml
from engine.process.finding import Finding, Shape, at, name_of, warn

Passes = Callable[[str], bool]
_STEPS = {"userTask", "manualTask"}


def closing(shape: Shape) -> Iterator[Finding]:
    """Between the work and the end that finds it good, somebody of another role has a say."""
    hands = _Hands(shape)
    for work, role in hands.working.items():
        reached = hands.reached(work, partial(hands.is_own, role=role))
        for end in hands.closing & reached:
            yield at(
                shape.nodes[end],
                N_('The end "%(name)s" closes the case, and no hands but those of "%(step)s" come before it.'),
                name=name_of(shape.nodes[end]),
                step=name_of(shape.nodes[work]),
            )
            return


def judging(shape: Shape) -> Iterator[Finding]:
    """Better still, the program itself keeps whoever did the work away from the step that judges it."""
    hands = _Hands(shape)
    for work, role in hands.working.items():
        yield from _by_role_only(shape, hands, work, role)
        everywhere = hands.reached(work, lambda key: True)  # noqa: ARG005 - every node is passed
        for key in sorted(everywhere):
            if hands.is_judged_at(key) and role is not None and shape.role_of(shape.nodes[key]) == role:
                text = N_('"%(name)s" is offered to the same role as "%(step)s", the work that it judges.')
                yield warn(shape.nodes[key], text, name=name_of(shape.nodes[key]), step=name_of(shape.nodes[work]))


def _by_role_only(shape: Shape, hands: "_Hands", work: str, role: str | None) -> Iterator[Finding]:
    reached = hands.reached(work, lambda key: not hands.is_judged_at(key))
    others = sorted(key for key in reached if hands.is_other(key, role))
    for end in hands.closing & reached:
        if others:
            yield warn(
                shape.nodes[end],
                N_(
                    'Between "%(step)s" and the end "%(name)s", only "%(other)s" is done by others, who may be the same'
                    " person."
                ),
                name=name_of(shape.nodes[end]),
                step=name_of(shape.nodes[work]),
                other=name_of(shape.nodes[others[0]]),
            )
            return


class _Hands:
    """Which nodes of a drawing do the work, judge it, and close."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._acts = {key: parser.task_of(node)["act"] for key, node in shape.nodes.items() if xml.kind(node) in _STEPS}
        handling, self._apart = set(vocabulary.names("handling")), set(vocabulary.names("apart"))
        closed = set(vocabulary.names("closed"))
        works = [key for key, act in self._acts.items() if act in handling]
        self.working = {key: shape.role_of(shape.nodes[key]) for key in works}
        ends = ((node, parser.end_of(node)["end"] or {}) for node in shape.of("endEvent"))
        self.closing = {node.get("id", "") for node, end in ends if end.get("stage") in closed}

    def is_judged_at(self, key: str) -> bool:
        """Whether the program itself keeps whoever did the work from this step."""
        return self._acts.get(key) in self._apart

    def is_own(self, key: str, *, role: str | None) -> bool:
        """Whether a token may pass this node in the hands of ``role`` alone."""
        return not self.is_judged_at(key) and not self.is_other(key, role)

    def is_other(self, key: str, role: str | None) -> bool:
        """Whether this is a step of a role other than ``role`` that is not work itself."""
        return key in self._acts and key not in self.working and self._shape.role_of(self._shape.nodes[key]) != role

    def reached(self, work: str, passes: Passes) -> set[str]:
        """The nodes that can be come to once ``work`` is done, up to those that do not pass, and with these."""
        edge = set(self._shape.attached.get(work, []))
        waiting = [key for key in self._shape.ways.get(work, []) if key not in edge]
        seen: set[str] = set()
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                waiting.extend(self._shape.ways.get(key, []) if passes(key) else [])
        return seen
