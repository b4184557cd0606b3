"""Values that stand for all values of a column: enough of them to see every way in which its cells can differ.

Between two values that some cell names, nothing changes: one value in between stands for all of them. So overlaps and
gaps of a table are found exactly, by looking at a few values.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from engine.decisions import cells
from engine.decisions.cells import Part, Test
from engine.decisions.vocabulary import Input, Value
from engine.kit.facts import FactKind

LEAST_TEXT = ""
JUST_ABOVE = "\x00"
"""The text that follows directly on another: the same with this at its end."""
Mask = int
"""Rows as bits: row 1 is the lowest."""


def of(column: Sequence[Test], asked: Input) -> list[Value]:
    """The samples of a column, in their order."""
    if asked.kind is FactKind.truth:
        return [False, True]
    if asked.values:
        return sorted(asked.values)
    named = sorted({end for test in column for part in test.parts for end in (part.low, part.high) if end is not None})  # type: ignore[type-var]
    if asked.kind is FactKind.text:
        return _texts([str(one) for one in named])
    if asked.kind is FactKind.whole:
        return _wholes([int(one) for one in named], asked)
    return _numbers([float(one) for one in named])


def masks(column: Sequence[Test], values: Sequence[Value]) -> list[Mask]:
    """For each sample, the rows whose cell it passes."""
    found = [0] * len(values)
    for place, test in enumerate(column):
        for index in _passing(test, values):
            found[index] |= 1 << place
    return found


def _passing(test: Test, values: Sequence[Value]) -> Iterator[int]:
    """Places of the samples that pass. They are in order, so that each part of a cell takes a stretch of them."""
    taken = bytearray(len(values))
    for part in test.parts:
        begin, end = 0, len(values)
        if part.low is not None:
            begin = (bisect_right if part.low_open else bisect_left)(values, part.low)  # type: ignore[type-var]
        if part.high is not None:
            end = (bisect_left if part.high_open else bisect_right)(values, part.high)  # type: ignore[type-var]
        taken[begin:end] = b"\x01" * (end - begin)
    return (index for index, is_in in enumerate(taken) if bool(is_in) != test.is_not)


def told(chosen: Sequence[Value], samples: Sequence[Value], asked: Input) -> str:
    """What ``chosen`` of the samples stand for, as the text of a cell."""
    if len(chosen) == len(samples):
        return "-"
    among = set(chosen)
    chosen = [one for one in samples if one in among]
    if asked.values or asked.kind in {FactKind.truth, FactKind.text}:
        return _listed(chosen, samples)
    return ", ".join(_run(run, samples) for run in _runs(chosen, samples))


def _is_between(place: int, samples: Sequence[Value]) -> bool:
    """Whether a sample stands for values between two that are named."""
    one = samples[place]
    return one.endswith(JUST_ABOVE) if isinstance(one, str) else isinstance(one, float) and place % 2 == 0


def _texts(named: list[str]) -> list[Value]:
    found: set[str] = {LEAST_TEXT}
    for one in [LEAST_TEXT, *named]:
        found |= {one, one + JUST_ABOVE}
    return list(sorted(found))  # noqa: C413 - a list of Value, not of str


def _wholes(named: list[int], asked: Input) -> list[Value]:
    near = {one + step for one in named for step in (-1, 0, 1)} | {
        one for one in (asked.least, asked.most) if one is not None
    }
    least = asked.least if asked.least is not None else min(near, default=0)
    most = asked.most if asked.most is not None else max(near, default=0)
    return [one for one in sorted(near or {0}) if least <= one <= most]


def _numbers(named: list[float]) -> list[Value]:
    """One below, then by turns a named value and one above it."""
    ends = named or [0.0]
    above = [(low + high) / 2 for low, high in pairwise(ends)] + [ends[-1] + 1]
    return [ends[0] - 1, *(one for pair in zip(ends, above, strict=True) for one in pair)]


def _listed(chosen: Sequence[Value], samples: Sequence[Value]) -> str:
    """Values one by one; where most are left over, those that are not among them; stretches where cells name such."""
    among = set(chosen)
    between = {one for place, one in enumerate(samples) if _is_between(place, samples)}
    if not among & between:
        return cells.written(Test(tuple(Part(one, one) for one in chosen)))
    others = [one for one in samples if one not in among]
    if between.intersection(others):
        return ", ".join(_run(run, samples) for run in _runs(chosen, samples))
    return cells.written(Test(tuple(Part(one, one) for one in others), is_not=True))


def _runs(chosen: Sequence[Value], samples: Sequence[Value]) -> list[list[int]]:
    runs: list[list[int]] = []
    among = set(chosen)
    for place in (place for place, one in enumerate(samples) if one in among):
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _run(run: Sequence[int], samples: Sequence[Value]) -> str:
    """A stretch of samples; one that stands for others reaches up to the named values beside it."""
    first, last = run[0], run[-1]
    low_open, high_open = _is_between(first, samples), _is_between(last, samples)
    low = None if first == 0 else samples[first - 1 if low_open else first]
    high = None if last == len(samples) - 1 else samples[last + 1 if high_open else last]
    return cells.written(Test((Part(low, high, low_open, high_open),)))
