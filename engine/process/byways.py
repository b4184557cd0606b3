"""Which nodes lie on a way that a case never goes alone: beside a step, or on one of several parallel branches.

A token that is put there by hand would end, or meet nobody, and leave the case without its process.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from engine.process import together
from engine.process.charts import Chart, Node

_SPLITS = {"parallelGateway", "inclusiveGateway"}


def beside(chart: Chart, node: str) -> frozenset[str]:
    """The events beside a step (not interrupting it) that alone lead to this node; empty for the case's own way."""
    if node in _main(chart):
        return frozenset()
    events = [each.id for each in chart.nodes.values() if each.host and not each.interrupts]
    return frozenset(event for event in events if node in _reached(chart, [event], lambda _: True))


def branch(chart: Chart, node: str) -> frozenset[str]:
    """What is open together with this node whenever a case is there; empty where a case can be there alone."""
    if node in _alone(chart):
        return frozenset()
    return frozenset(other for one, other in together.pairs(_main_chart(chart)) if one == node)


@lru_cache(maxsize=200)
def _main(chart: Chart) -> frozenset[str]:
    """What can be reached from the starts without leaving a step by an event that does not interrupt it."""
    return frozenset(_reached(chart, _starts(chart), lambda _: True))


@lru_cache(maxsize=200)
def _alone(chart: Chart) -> frozenset[str]:
    """What can be reached from the starts without any split into branches."""
    return frozenset(_reached(chart, _starts(chart), lambda node: node.kind not in _SPLITS or len(node.outputs) < 2))


@lru_cache(maxsize=200)
def _main_chart(chart: Chart) -> Chart:
    """The drawing without what goes on beside steps."""
    main = _main(chart)
    nodes = {key: _within(node, main) for key, node in chart.nodes.items() if key in main}
    return Chart(chart.process, nodes)


def _within(node: Node, kept: frozenset[str]) -> Node:
    inputs = tuple(each for each in node.inputs if each in kept)
    return replace(node, inputs=inputs, outputs=tuple(each for each in node.outputs if each in kept))


def _starts(chart: Chart) -> list[str]:
    return [node.id for node in chart.nodes.values() if node.kind == "startEvent"]


def _reached(chart: Chart, begin: Iterable[str], goes_on: Callable[[Node], bool]) -> set[str]:
    found: set[str] = set()
    waiting = list(begin)
    while waiting:
        node = chart.nodes.get(waiting.pop())
        if node is None or node.id in found:
            continue
        found.add(node.id)
        if goes_on(node):
            waiting += [*node.outputs, *(each for each in chart.beside(node.id) if chart.nodes[each].interrupts)]
    return found
