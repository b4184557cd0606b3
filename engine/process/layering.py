"""Columns and rows for the nodes of a graph: each stands behind whatever leads to it, and in its row if it may."""

from collections.abc import Iterable, Mapping

Flow = tuple[str, str]


def cells(keys: list[str], flows: Iterable[Flow], band: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """A column and a row for each node, no two in one cell. Nodes of one band stand in rows of its own."""
    onward: dict[str, list[str]] = {key: [] for key in keys}
    for source, target in flows:
        if source in onward and target in onward:
            onward[source].append(target)
    order, columns = _columns(keys, _without_loops(keys, onward))
    return _rows(order, columns, onward, band)


def _without_loops(keys: list[str], onward: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The flows without those that lead back to a node that the walk from the beginning is still in."""
    kept: dict[str, list[str]] = {key: [] for key in keys}
    entered = {target for targets in onward.values() for target in targets}
    state: dict[str, int] = {}
    for begin in [*(key for key in keys if key not in entered), *keys]:
        waiting = [(begin, 0)] if begin not in state else []
        while waiting:
            key, number = waiting.pop()
            state[key] = 1
            if number == len(onward[key]):
                state[key] = 2
                continue
            waiting.append((key, number + 1))
            target = onward[key][number]
            if state.get(target) != 1:
                kept[key].append(target)
            if target not in state:
                waiting.append((target, 0))
    return kept


def _columns(keys: list[str], onward: Mapping[str, list[str]]) -> tuple[list[str], dict[str, int]]:
    """Nodes in an order in which each comes after what leads to it, with the length of the longest way there."""
    counts = dict.fromkeys(keys, 0)
    for targets in onward.values():
        for target in targets:
            counts[target] += 1
    waiting, order, columns = [key for key in keys if not counts[key]], [], dict.fromkeys(keys, 0)
    for key in waiting:
        order.append(key)
        for target in onward[key]:
            columns[target] = max(columns[target], columns[key] + 1)
            counts[target] -= 1
            if not counts[target]:
                waiting.append(target)
    return order, columns


def _rows(
    order: list[str], columns: Mapping[str, int], onward: Mapping[str, list[str]], band: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    wished: dict[str, int] = {}
    taken: set[tuple[int, int, int]] = set()
    heights: dict[int, int] = {}
    rows: dict[str, int] = {}
    full: dict[tuple[int, int, int], int] = {}
    for key in order:
        row = wished.get(key, 0)
        place = (band.get(key, 0), columns[key], row)
        # What is asked for again and again remembers how far down its column was full last time.
        row = full.get(place, row)
        while (place[0], place[1], row) in taken:
            row += 1
        full[place] = row + 1
        taken.add((place[0], place[1], row))
        rows[key], heights[place[0]] = row, max(heights.get(place[0], 0), row + 1)
        for target in onward[key]:
            if band.get(target, 0) == place[0]:
                wished.setdefault(target, row)
    tops, top = {}, 0
    for number in range(max(band.values(), default=0) + 1):
        tops[number] = top
        top += heights.get(number, 1)
    return {key: (columns[key], tops[band.get(key, 0)] + rows[key]) for key in order}
