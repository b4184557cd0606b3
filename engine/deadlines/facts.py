"""The vocabulary of clocks: what may happen to one, and in which state that leaves it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class State(StrEnum):
    """Whether a clock runs."""

    running = "running"
    paused = "paused"
    stopped = "stopped"


class Action(StrEnum):
    """What may happen to a clock (process.md §5.5)."""

    start = "start"
    pause = "pause"  # 挂账, or out for confirmation
    resume = "resume"  # goes on with what was left
    extend = "extend"  # 延期: due moves, used stays
    reset = "reset"  # 回退获准: begins anew for the next department
    stop = "stop"
    unstop = "unstop"  # 审查退回: as if never stopped, and the time since then is given back
    rework = "rework"  # 返工: runs on against the due that it had
    reckon = "reckon"  # the calendar has changed

    @classmethod
    def beginnings(cls) -> frozenset["Action"]:
        """Facts with which a run begins: they carry the limit."""
        return frozenset({cls.start, cls.reset})

    @classmethod
    def revivals(cls) -> frozenset["Action"]:
        """Facts that let a clock which had stopped run on."""
        return frozenset({cls.unstop, cls.rework})


class FactLike(Protocol):
    """A fact as reading needs it: a row of ``clock_fact``, or a :class:`Fact`."""

    @property
    def action(self) -> str: ...  # noqa: D102
    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def value(self) -> float | None: ...  # noqa: D102
    @property
    def unit(self) -> str | None: ...  # noqa: D102
    @property
    def due_after(self) -> datetime | None: ...  # noqa: D102
    @property
    def first_due(self) -> datetime | None: ...  # noqa: D102
    @property
    def is_provisional(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True)
class Fact:
    """A fact on its way to a row. Without ``due_after`` the due moment is still to be reckoned."""

    action: Action
    at: datetime
    value: float | None = None
    unit: str | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    first_due: datetime | None = None
    is_provisional: bool = False
    reason: str = ""

    def columns(self) -> dict[str, Any]:
        """The columns of ``clock_fact`` that it fills; it must be frozen first (``Course.freeze``)."""
        return {
            "action": self.action.value,
            "at": self.at,
            "value": self.value,
            "unit": self.unit,
            "reason": self.reason,
            "due_before": self.due_before,
            "due_after": self.due_after,
            "first_due": self.first_due,
            "is_provisional": self.is_provisional,
        }


Facts = Iterable[FactLike]
