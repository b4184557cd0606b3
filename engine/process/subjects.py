"""What a process runs for. The room that owns a kind of subject registers one follower, and hears every move."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Step:
    """A user task that waits, as the drawing describes it. ``lane`` is the role code of its lane."""

    task_id: str
    node: str
    name: str
    lane: str | None
    form: str | None
    act: str | None
    stage: str | None
    clock: str | None
    properties: dict[str, str]


@dataclass(frozen=True)
class Placement:
    """Who gets a step and until when: a group it is offered to, or the one person it is given to."""

    group: str | None = None
    assignee_id: int | None = None
    due_at: datetime | None = None
    amber_at: datetime | None = None


@dataclass(frozen=True)
class Move:
    """What one transaction changed in an instance.

    ``ended`` is true once no token is left. ``end_node`` and ``end_properties`` (stage, result …) name an end that
    carries ``cityloop:end`` as soon as it is reached, and once more when ``ended``; a withdrawn instance has none.
    ``facts`` are what was handed in with this move, ``waiting`` the steps that waited before it and still do.
    """

    instance_id: int
    subject_kind: str
    subject_id: int
    opened: tuple[Step, ...]
    closed: tuple[Step, ...]
    ended: bool
    end_node: str | None
    end_properties: dict[str, str]
    facts: dict[str, Any]
    by_id: int | None
    at: datetime
    waiting: tuple[Step, ...] = ()


class Follower(Protocol):
    """The room above that owns the subject.

    In each move ``follow`` is called first (write the stage, start and stop clocks), then ``place`` for every step that
    was opened, then ``timer_due`` for every timer that waits; all inside the transaction of the act.
    """

    def place(self, subject_id: int, step: Step, facts: Mapping[str, Any], at: datetime) -> Placement:
        """Who gets ``step``, and until when. ``facts`` are all that the token knows."""
        ...

    def timer_due(self, subject_id: int, clock: str, at: datetime) -> datetime | None:
        """When the subject's ``clock`` is due; None while it does not run. Asked again before a timer fires."""
        ...

    def follow(self, move: Move) -> None:
        """Write down what the move means for the subject."""
        ...


_followers: dict[str, Follower] = {}


def register(kind: str, follower: Follower) -> None:
    """Let ``follower`` answer for every subject of ``kind``; a later registration replaces an earlier one."""
    _followers[kind] = follower


def follower_of(kind: str) -> Follower:
    """The follower of ``kind``.

    Raises LookupError where nobody registered: a mistake of the program, not of a user.
    """
    if kind not in _followers:
        raise LookupError(f"no follower is registered for {kind!r}")
    return _followers[kind]


def facts_of(kind: str, subject_id: int) -> Mapping[str, Any]:
    """What a subject says of itself at any time, where its follower has ``facts_of(subject_id)``."""
    asking = getattr(follower_of(kind), "facts_of", None)
    return asking(subject_id) if asking is not None else {}


def hold(kind: str, subject_id: int) -> None:
    """Lock the subject's own row first, where its follower has ``hold(subject_id)``.

    An act locks its case before the instance; a worker that did it the other way round could deadlock with it.
    """
    holding = getattr(follower_of(kind), "hold", None)
    if holding is not None:
        holding(subject_id)
