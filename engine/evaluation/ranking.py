"""Ranking (evaluation.md §5): by the on-time handling rate, ties by rework, then by the number due; 1, 2, 2, 4."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.evaluation import formulas
from engine.kit.i18n import N_

GRADES = ((95, N_("Excellent")), (85, N_("Good")), (70, N_("Passed")), (0, N_("Failed")))
"""Grades by the on-time handling rate in percent, the least of each (evaluation.md §5)."""


@dataclass(frozen=True)
class Place:
    """Where a key stands; ``rank`` and ``grade`` are None for too small a sample."""

    key: str
    rank: int | None
    grade: str | None


def rank(rows: Mapping[str, Mapping[str, int]], *, sample: int) -> list[Place]:
    """The keys of ``rows`` (key to counts), best first; those with fewer than ``sample`` due cases last, unranked."""
    ranked = {key for key in rows if rows[key]["due_handling"] >= max(sample, 1)}
    others = sorted(rows.keys() - ranked, key=lambda key: (-rows[key]["due_handling"], key))
    placed = _placed(sorted(ranked, key=lambda key: (_order(rows[key]), key)), rows)
    return [*placed, *(Place(key, None, None) for key in others)]


def grade(counts: Mapping[str, int]) -> str | None:
    """The grade (等次), an English msgid, by the unrounded on-time handling rate; None where nothing was due."""
    share = formulas.ON_TIME_HANDLING.exact(counts)
    if share is None:
        return None
    return next(name for least, name in GRADES if share * 100 >= least)


def _order(counts: Mapping[str, int]) -> tuple[Fraction, Fraction, int]:
    on_time = formulas.ON_TIME_HANDLING.exact(counts) or Fraction(0)
    rework = formulas.REWORK.exact(counts) or Fraction(0)
    return -on_time, rework, -counts["due_handling"]


def _placed(ranked: list[str], rows: Mapping[str, Mapping[str, int]]) -> list[Place]:
    places: list[Place] = []
    for number, key in enumerate(ranked, start=1):
        same = bool(places) and _order(rows[places[-1].key]) == _order(rows[key])
        places.append(Place(key, places[-1].rank if same else number, grade(rows[key])))
    return places
