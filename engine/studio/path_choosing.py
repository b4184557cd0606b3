"""Which of the paths through a drawing are shown: all, where they are few; else such that together go every way."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import islice
from time import monotonic
from typing import Any

from engine.process.exploring import Explored, Way

MOST_PATHS = 200
MOST_VISITS = 2
"""Of one node on one path: loops are gone once."""
MOST_LOOKED_AT = 20_000
MOST_SECONDS = 3.0


class Chooser:
    """The paths that are shown: first such that together go every way, then the shortest of the others."""

    def __init__(self, found: Explored) -> None:
        self._ways = found.ways
        self._loops: Counter[str] = Counter()

    def paths(self) -> tuple[list[list[Way]], bool, set[str]]:
        """The paths, shortest first; whether these are all; and where loops were cut."""
        fill = list(islice(self._all(), MOST_PATHS + 1))
        is_whole = len(fill) <= MOST_PATHS and not self._is_tired
        if is_whole:
            return fill, True, set(self._loops)
        covering = list(self._covering())
        kept = {_signature(path): path for path in [*covering, *fill]}
        chosen = sorted(list(kept.values())[:MOST_PATHS], key=len)
        return chosen, False, set(self._loops)

    def _all(self) -> Iterator[list[Way]]:
        """Every path on which no node comes more often than it may; shorter ones first."""
        self._is_tired = False
        latest, looked = monotonic() + MOST_SECONDS, 0
        waiting: deque[list[Way]] = deque([[]])
        while waiting:
            path = waiting.popleft()
            looked += 1
            if looked > MOST_LOOKED_AT or monotonic() > latest:
                self._is_tired = True
                return
            if path and path[-1].target is None:
                yield path
                continue
            waiting.extend([*path, way] for way in self._next(path))

    def _next(self, path: list[Way]) -> Iterator[Way]:
        visits = Counter(node for way in path for node in set(_came_to(way)))
        for way in self._ways.get(path[-1].target or 0 if path else 0, []):
            often = next((node for node in _came_to(way) if visits[node] >= MOST_VISITS), None)
            if often is not None:
                self._loops[often] += 1
            else:
                yield way

    def _covering(self) -> Iterator[list[Way]]:
        """The shortest path over everything that no path before went over."""
        before, after = self._first_ways(), self._last_ways()
        seen: set[Any] = set()
        for source in before:
            for way in self._ways.get(source, []):
                if _features(way) <= seen or not (way.target is None or way.target in after):
                    continue
                path = [*before[source], way, *_chain(after, way.target)]
                seen |= {feature for each in path for feature in _features(each)}
                yield path

    def _first_ways(self) -> dict[int, list[Way]]:
        """The shortest path to each state."""
        found: dict[int, list[Way]] = {0: []}
        waiting = deque([0])
        while waiting:
            state = waiting.popleft()
            for way in self._ways.get(state, []):
                if way.target is not None and way.target not in found:
                    found[way.target] = [*found[state], way]
                    waiting.append(way.target)
        return found

    def _last_ways(self) -> dict[int, Way]:
        """The first move of the shortest path from each state to an end."""
        into: dict[int | None, list[Way]] = {}
        for ways in self._ways.values():
            for way in ways:
                into.setdefault(way.target, []).append(way)
        found: dict[int, Way] = {}
        waiting: deque[int | None] = deque([None])
        while waiting:
            for way in into.get(waiting.popleft(), []):
                if way.source not in found:
                    found[way.source] = way
                    waiting.append(way.source)
        return found


def _chain(after: dict[int, Way], state: int | None) -> list[Way]:
    chain = []
    while state is not None:
        chain.append(after[state])
        state = after[state].target
    return chain


def _came_to(way: Way) -> Sequence[str]:
    """The nodes that a move comes to. A service task is come to where its work begins, not where it is done."""
    return way.path[1:] if way.kind == "perform" else [node for node in (*way.path, way.node) if node]


def _visited(way: Way) -> set[str]:
    return {*way.path, way.node} - {""}


def _features(way: Way) -> set[Any]:
    return _visited(way) | {(choice.gateway, choice.holding) for choice in way.choices} | {(way.kind, way.node)}


def _signature(path: Sequence[Way]) -> tuple[Any, ...]:
    return tuple((way.kind, way.node, way.choices) for way in path)
