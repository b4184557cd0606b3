"""Where an instance stands: its tokens and what they know, without the history that brought them there.

Read from the stored form and written back to it: another drawing can be given the same tokens (``transposing``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from SpiffWorkflow.util.task import TaskState

from engine.process import codec
from engine.process.charts import Chart

END_JOIN = ".EndJoin"
_SPLIT = ".BoundaryEventSplit"
_SPLIT_JOIN = ".BoundaryEventJoin"
_LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED
_ROOT = "Start"


@dataclass(frozen=True)
class Token:
    """A token at ``node``. Of one that has arrived at a join, ``came_from`` is the node before it; else it is empty.

    ``task_id`` is None for arrivals that a join merely counts. ``brought`` is what was known before it came here.
    ``beside`` are the boundary events that wait with it, ``inside`` the tokens of a sub-process.
    """

    node: str
    task_id: str | None
    state: int
    facts: dict[str, Any]
    brought: dict[str, Any]
    came_from: str = ""
    triggered: int = 0
    waits_with: Any = 0
    changed: float = 0
    beside: tuple["Token", ...] = ()
    inside: "Scope | None" = None

    @property
    def has_ended(self) -> bool:
        """It has come to an end, and waits there for the others of its scope."""
        return self.node.endswith(END_JOIN)


@dataclass(frozen=True)
class Scope:
    """The tokens of a process or a sub-process, and what the engine keeps about it as a whole."""

    tokens: tuple[Token, ...]
    header: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """An instance: the tokens of its process, and BPMN events that nobody has caught yet."""

    top: Scope
    events: tuple[Any, ...] = ()

    def everywhere(self) -> Iterator[tuple[tuple[str, ...], Token]]:
        """Every token with the sub-processes that it lies in, outermost first."""
        yield from _walk((), self.top)

    def spots(self) -> list[list[str]]:
        """Where its tokens are: [came from, node, sub-processes…]; the same for all instances that stand alike."""
        return sorted([token.came_from, token.node, *path] for path, token in self.everywhere() if not token.has_ended)


def read(stored: bytes, chart: Chart) -> Standing:
    """Where the instance of ``stored`` stands in the drawing that it runs on.

    Raises UnknownState.
    """
    state = codec.unpacked(stored)
    inner = dict(state.get("s", ()))
    return Standing(_scope(state["w"], inner, chart), tuple(state.get("e", ())))


def written(standing: Standing, chart: Chart) -> bytes:
    """The stored form of these tokens in a drawing."""
    inner: list[list[Any]] = []
    state: dict[str, Any] = {"w": _rows(standing.top, chart, inner)}
    if inner:
        state["s"] = inner
    if standing.events:
        state["e"] = list(standing.events)
    return codec.packed(state)


def _walk(path: tuple[str, ...], scope: Scope) -> Iterator[tuple[tuple[str, ...], Token]]:
    for token in scope.tokens:
        yield path, token
        if token.inside is not None:
            yield from _walk((*path, token.node), token.inside)


@dataclass(frozen=True, eq=False)
class _Row:
    task_id: str | None
    node: str
    parent: "_Row | None"
    state: int
    triggered: int
    waits_with: Any
    changed: float
    facts: dict[str, Any]

    @property
    def is_live(self) -> bool:
        return bool(self.state & _LIVE)


def _scope(stored: dict[str, Any], inner: dict[str, Any], chart: Chart) -> Scope:
    rows: list[_Row] = []
    for values in stored["t"]:
        rows.append(_row(rows, *values))
    hosts = {row.parent: row.node for row in rows if row.parent and row.parent.node == row.node + _SPLIT}
    beside: dict[_Row, list[Token]] = {}
    for row in rows:
        if row.is_live and row.parent in hosts and row.node != hosts[row.parent]:
            beside.setdefault(row.parent, []).append(_token(row))
    return Scope(
        tuple(
            _token(row, beside.get(row.parent, ()), inner, chart)  # type: ignore[arg-type]
            for row in rows
            if row.parent and _stands(row, chart) and hosts.get(row.parent) in {None, row.node}
        ),
        {key: value for key, value in stored.items() if key != "t"},
    )


def _row(
    rows: list[_Row],
    task_id: Any,
    node: str,
    parent: int,
    state: int,
    triggered: int = 0,
    waits_with: Any = 0,
    changed: float = 0,
    added: Any = 0,
    dropped: Any = 0,
) -> _Row:
    above = rows[parent] if parent >= 0 else None
    facts = (above.facts if above else {}) | (added or {})
    for key in dropped or ():
        facts.pop(key, None)
    return _Row(task_id or None, node, above, state, triggered, waits_with, changed, facts)


def _stands(row: _Row, chart: Chart) -> bool:
    """Live, or counted by a join. What collects a step and its boundary events is made anew with them."""
    if row.node.endswith(_SPLIT_JOIN):
        return False
    is_join = row.node.endswith(END_JOIN) or (row.node in chart.nodes and chart.nodes[row.node].family == "join")
    is_counted = row.state == TaskState.CANCELLED and is_join and row.parent is not None
    return row.is_live or (is_counted and row.parent.state == TaskState.COMPLETED)  # type: ignore[union-attr]


def _token(row: _Row, beside: Any = (), inner: Any = None, chart: Chart | None = None) -> Token:
    node = chart.nodes.get(row.node) if chart else None
    waits_for_others = row.node.endswith(END_JOIN) or (node is not None and node.family == "join")
    below = inner.get(row.task_id) if inner else None
    return Token(
        node=row.node,
        task_id=row.task_id,
        state=row.state,
        facts=row.facts,
        brought=row.parent.facts if row.parent else {},
        came_from=row.parent.node if row.parent and waits_for_others else "",
        triggered=row.triggered,
        waits_with=row.waits_with,
        changed=row.changed,
        beside=tuple(beside),
        inside=_scope(below, inner, chart) if below and chart else None,
    )


def _rows(scope: Scope, chart: Chart, inner: list[list[Any]]) -> dict[str, Any]:
    """Every token hangs from the root by one finished task: the node before a join, the split of boundary events."""
    rows: list[list[Any]] = [[0, _ROOT, -1, TaskState.COMPLETED]]
    for token in scope.tokens:
        has_beside = bool(chart.beside(token.node))
        before = token.node + _SPLIT if has_beside else token.came_from or _ROOT
        rows.append(_compact(0, before, 0, TaskState.COMPLETED, 0, 0, 0, token.brought, {}))
        parent = len(rows) - 1
        for each in (token, *token.beside):
            rows.append(_compact(each.task_id or 0, each.node, parent, each.state, each.triggered, each.waits_with,
                                 each.changed, each.facts, token.brought))  # fmt: skip
        if token.inside is not None:
            # Those outside come first: a sub-process is read after the task that called it.
            place = len(inner)
            inner.append([token.task_id, {}])
            inner[place][1] = _rows(token.inside, chart, inner)
    return {**scope.header, "t": rows}


def _compact(*values: Any) -> list[Any]:
    *row, facts, inherited = values
    row += [
        {key: value for key, value in facts.items() if key not in inherited or inherited[key] != value},
        [key for key in inherited if key not in facts],
    ]
    while not row[-1]:
        row.pop()
    return row


def new_id() -> str:
    """An id for a task that no drawing had before."""
    return uuid4().hex
