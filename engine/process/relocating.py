"""Putting a token of one instance on another node by hand: which nodes can take it, why the others cannot.

For a neighbour (``studio``) that holds the subject. The other tokens of the instance stay where they are. The token
comes to its new node as if the way had led there: it takes along what it knows, new timers begin to wait.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.kit.i18n import N_
from engine.process import byways, charts, codec, instances, pruning, rehearsing, specs, standing, together
from engine.process.charts import Chart, Node
from engine.process.errors import NoSuchTarget, StepGone
from engine.process.instances import Loaded
from engine.process.moving import Before, finish
from engine.process.running import Run
from engine.process.specs import Drawn
from engine.process.standing import Scope, Standing, Token
from engine.process.subjects import Move

TAKEN_OFF = "-"
"""In place of a node: the token ends, and the others of its scope go on."""
_RESTING = frozenset({"step", "service", "race", "inside", "wait timer", "wait message", "wait signal"})


@dataclass(frozen=True)
class Spot:
    """A token that can be taken: its task's id, its node, and the sub-process that it lies in (None: the process)."""

    task_id: str
    node: Node
    scope: str | None


@dataclass(frozen=True)
class Target:
    """A node that a token could be put on, or why not: an English msgid with places; empty where it can."""

    node: Node
    why_not: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Board:
    """An instance at rest with its drawing: where its tokens are, and where each could go."""

    drawn: Drawn
    chart: Chart
    where: Standing

    def spots(self) -> list[Spot]:
        """The tokens that can be put elsewhere: those that wait for a person, a worker, a moment or a message.

        Not those that wait at a join for others, and not those that have ended.
        """
        return [
            Spot(token.task_id, self.chart.nodes[token.node], path[-1] if path else None)
            for path, token in self.where.everywhere()
            if token.task_id and token.node in self.chart.nodes and self.chart.nodes[token.node].family in _RESTING
        ]

    def spot(self, task_id: str) -> Spot:
        """One of them. Raises StepGone where it is not there any more."""
        found = next((each for each in self.spots() if each.task_id == task_id), None)
        if found is None:
            raise StepGone
        return found

    def targets(self, task_id: str) -> list[Target]:
        """Every other node where a token can rest, and why this token may not go there. Raises StepGone."""
        spot = self.spot(task_id)
        resting = [node for node in self.chart.nodes.values() if node.family in _RESTING and node.id != spot.node.id]
        return [self._target(spot, node) for node in resting]

    def check(self, task_id: str, node: str) -> Target:
        """The same for one node, and after a dry run from there.

        Raises StepGone, NoSuchTarget for a node where no token rests.
        """
        spot = self.spot(task_id)
        found = self.chart.nodes.get(node)
        if found is None or found.family not in _RESTING or found.id == spot.node.id:
            raise NoSuchTarget
        target = self._target(spot, found)
        if not target.why_not and self._gets_stuck(task_id, node):
            return Target(found, N_("From there the case would wait for a branch that can never come."))
        return target

    def can_take_off(self, task_id: str) -> bool:
        """Would others of its scope go on, and never wait for it? Raises StepGone."""
        spot = self.spot(task_id)
        scope = _scope_of(self.where.top, None, spot.scope)
        others = [each for each in scope.tokens if each.task_id != task_id and not each.has_ended]
        return bool(others) and not self._gets_stuck(task_id, TAKEN_OFF)

    def moved(self, task_id: str, node: str, engine: Any = None) -> Run:
        """The instance with the token put there and gone on from; raises what the drawing's expressions raise."""
        key = standing.new_id()
        where = replace(self.where, top=_moved(self.where.top, self.chart, task_id, node, key))
        run = codec.load(standing.written(where, self.chart), self.drawn, engine)
        if node != TAKEN_OFF:
            run.arrive(key)
        run.settle()
        return run

    def _target(self, spot: Spot, node: Node) -> Target:
        if node.scope != spot.scope:
            return Target(node, N_("It lies in another sub-process."))
        if byways.beside(self.chart, node.id) != byways.beside(self.chart, spot.node.id):
            return Target(node, N_("It lies on a way beside a step, which the case itself never goes."))
        if (needed := byways.branch(self.chart, node.id)) and needed != byways.branch(self.chart, spot.node.id):
            return Target(
                node, N_("It lies on a parallel branch: a case comes there only by the split that opens the branches.")
            )
        scope = _scope_of(self.where.top, None, spot.scope)
        for other in scope.tokens:
            if other.task_id != spot.task_id and not other.has_ended and not self._together(node, other):
                return Target(
                    node,
                    N_('"%(other)s" is open beside it, and the drawing never has both at the same time.'),
                    {"other": self.chart.label(other.node)},
                )
        return Target(node)

    def _together(self, node: Node, other: Token) -> bool:
        places = together.place(self.chart, node.id), together.place(self.chart, other.node, other.came_from)
        return places in together.pairs(self.chart)

    def _gets_stuck(self, task_id: str, node: str) -> bool:
        """Does a dry run from there get stuck? That shows joins that would wait for tokens which can never come."""
        return any(rehearsing.walk_on(lambda engine: self.moved(task_id, node, engine), walks=4))


def board(state: bytes, definition_id: int, digest: str) -> Board:
    """Where the tokens of an instance are that is stored as ``state``, for pages: nothing is locked."""
    drawn = specs.drawn.get(digest, lambda: instances.source_of(definition_id))
    chart = charts.shared(digest, definition_id)
    return Board(drawn, chart, standing.read(state, chart))


@dataclass(frozen=True)
class Hand:
    """An instance that this transaction has locked, with its board, to move a token of it."""

    loaded: Loaded
    board: Board

    def move(self, task_id: str, node: str, *, reason: str, by_id: int | None, at: datetime) -> Move:
        """Put a token on ``node``, or take it off.

        Its open step, timers and outbox go, those of the new node come; the follower hears of it as of any move. Raises
        StepGone, NoSuchTarget, and what the drawing raises on the way.
        """
        before, old = Before.of(self.loaded.run), self.board.spot(task_id).node
        off = node == TAKEN_OFF
        if not self.board.can_take_off(task_id) if off else self.board.check(task_id, node).why_not:
            raise NoSuchTarget
        self.loaded.run = self.board.moved(task_id, node)
        told = {"from": old.id, "to": node, "reason": reason}
        return finish(
            self.loaded, before, kind="relocated", task_id=task_id, node=old.id, facts=told, by_id=by_id, at=at
        )


def hand(instance_id: int, *, revision: int) -> Hand:
    """Lock an instance to move a token of it, if nobody has moved it since it was shown with this ``revision``.

    Raises NotFound, InstanceEnded, StepGone.
    """
    loaded = instances.of(instance_id)
    if loaded.revision != revision:
        raise StepGone
    return Hand(loaded, _board(loaded.run, loaded.definition_id))


def _board(run: Run, definition_id: int) -> Board:
    chart = charts.of(definition_id)
    drawn = Drawn(run.workflow.spec, run.workflow.subprocess_specs)
    pruning.prune(run.workflow)
    return Board(drawn, chart, standing.read(codec.dump(run), chart))


def _scope_of(scope: Scope, name: str | None, wanted: str | None) -> Scope:
    found = next(_scopes(scope, name, wanted), None)
    if found is None:
        raise StepGone
    return found


def _scopes(scope: Scope, name: str | None, wanted: str | None) -> Iterator[Scope]:
    if name == wanted:
        yield scope
    for token in scope.tokens:
        if token.inside is not None:
            yield from _scopes(token.inside, token.node, wanted)


def _moved(scope: Scope, chart: Chart, task_id: str, node: str, key: str) -> Scope:
    tokens: list[Token] = []
    for token in scope.tokens:
        if token.task_id == task_id:
            tokens += [_arriving(token, chart, node, key)] if node != TAKEN_OFF else []
        elif token.inside is not None:
            tokens.append(replace(token, inside=_moved(token.inside, chart, task_id, node, key)))
        else:
            tokens.append(token)
    return replace(scope, tokens=tuple(tokens))


def _arriving(token: Token, chart: Chart, node: str, key: str) -> Token:
    facts = dict(token.facts)
    beside = (Token(each, standing.new_id(), TaskState.WAITING, facts, {}) for each in chart.beside(node))
    return Token(node, key, TaskState.FUTURE, facts, facts, beside=tuple(beside))
