"""Which nodes of a drawing can have tokens at the same time: the concurrency relation of its net (Kovalyov, Esparza).

Exact for drawings of the usual shape; for tangled ones it says "can" rather too often than too seldom.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.process.charts import Chart, Node

Pair = tuple[str, str]
_ALL_AT_ONCE = {"parallelGateway", "inclusiveGateway"}


@dataclass(frozen=True)
class _Change:
    """Tokens at all of ``takes`` (of an inclusive join: at one of them, and none that could still come) make these."""

    takes: tuple[str, ...]
    gives: tuple[str, ...]
    later: frozenset[str] | None = None


def place(chart: Chart, node: str, came_from: str = "") -> str:
    """What a token at ``node`` is called here: tokens at a join are told apart by where they came from."""
    return f"{came_from}>{node}" if chart.nodes[node].is_join else node


@lru_cache(maxsize=200)
def pairs(chart: Chart, *, with_asides: bool = True) -> set[Pair]:
    """Every two places that can have tokens at the same time, both ways round; a place beside itself too.

    Without ``with_asides``, what events beside a step start does not count as being at the same time as the step.
    """
    changes = [change for node in chart.nodes.values() for change in _changes(chart, node, with_asides=with_asides)]
    found: set[Pair] = set()
    waiting = [pair for change in changes for pair in _among(change.gives)]
    by_place: dict[str, list[_Change]] = {}
    for change in changes:
        for taken in change.takes:
            by_place.setdefault(taken, []).append(change)
    while waiting:
        one, two = waiting.pop()
        if (one, two) in found:
            continue
        found |= {(one, two), (two, one)}
        waiting.extend(_following(one, two, by_place, found))
        waiting.extend(_following(two, one, by_place, found))
    return found


def is_alone(chart: Chart, node: str) -> bool:
    """Whether a token here is the only one, but for what events beside steps started: it waits for nobody, ever."""
    return node not in _accompanied(chart)


@lru_cache(maxsize=200)
def _accompanied(chart: Chart) -> frozenset[str]:
    return frozenset(one for one, _ in pairs(chart, with_asides=False))


def _following(still: str, moves: str, by_place: dict[str, list[_Change]], found: set[Pair]) -> Iterator[Pair]:
    """``still`` stays where it is while a change takes ``moves``: then it is beside what the change gives."""
    for change in by_place.get(moves, ()):
        if change.later is not None:
            can = still not in change.later
        else:
            can = all((still, taken) in found for taken in change.takes)
        if can:
            yield from ((still, given) for given in change.gives)


def _among(gives: tuple[str, ...]) -> Iterator[Pair]:
    for number, one in enumerate(gives):
        yield from ((one, two) for two in gives[number + 1 :])


def _changes(chart: Chart, node: Node, *, with_asides: bool) -> Iterator[_Change]:
    for event in chart.beside(node.id):
        is_aside = with_asides and not chart.nodes[event].interrupts
        yield _Change((node.id,), (node.id, event) if is_aside else (event,))
    takes = tuple(dict.fromkeys(place(chart, node.id, before) for before in node.inputs)) or (node.id,)
    gives = tuple(place(chart, after, node.id) for after in node.outputs)
    if not node.is_join:
        takes = (node.id,)
    if node.kind not in _ALL_AT_ONCE:
        yield from (_Change(takes, (given,)) for given in gives)
    elif node.kind == "inclusiveGateway" and node.is_join:
        leading = _leading_to(chart, node, node.inputs)
        for taken, before in zip(takes, dict.fromkeys(node.inputs), strict=True):
            # A token that could come where one waits already belongs to a later round (see ``joining``).
            later = leading - _leading_to(chart, node, (before,)) | set(takes)
            yield _Change((taken,), gives, frozenset(later))
    else:
        yield _Change(takes, gives)


def _leading_to(chart: Chart, join: Node, inputs: tuple[str, ...]) -> set[str]:
    """Places from which a token can come to the join by way of these ``inputs`` without passing it."""
    found: set[str] = set()
    waiting = [*inputs]
    while waiting:
        key = waiting.pop()
        node = chart.nodes.get(key)
        if node is None or key in found or key == join.id:
            continue
        found.add(key)
        if node.is_join:
            found |= {place(chart, key, before) for before in node.inputs}
        waiting.extend([*node.inputs, *([node.host] if node.host else [])])
    return found
