"""Whoever reckons many clocks locks their subjects first, as every act does; rooms above say how that is done."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Held:
    """Subjects of which some are ``busy``: an act has them at present. ``rows`` only keeps the others in memory."""

    busy: frozenset[int] = frozenset()
    rows: tuple[Any, ...] = ()


Holder = Callable[[Collection[int]], Held]
"""``holder(ids)`` locks what nobody else has, in order of id, without waiting."""

_holders: dict[str, Holder] = {}


def register(kind: str, holder: Holder) -> None:
    """Subjects of this kind are locked by ``holder``."""
    _holders[kind] = holder


def hold(kind: str, ids: Collection[int]) -> Held:
    """Lock these subjects to the end of the transaction. Kinds that nobody registered have nothing to lock."""
    holder = _holders.get(kind)
    return holder(ids) if holder is not None else Held()
