"""Giving an instance's tokens to another drawing: which node takes over which, and why that may not be possible."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.kit.i18n import N_, translate
from engine.process import together
from engine.process.charts import Chart, Node
from engine.process.standing import END_JOIN, Scope, Standing, Token, new_id

TAKEN_OFF = "-"
"""In place of a node: tokens that are there end, and the others of the case go on."""
VIA = ">"
"""``before>join``: tokens that wait at a join, having come there from the node ``before``."""


@dataclass(frozen=True)
class Reason:
    """Why an instance cannot move: an English msgid with places. ``needs`` is what the mapping would have to say."""

    text: str
    params: dict[str, Any] = field(default_factory=dict)
    needs: str | None = None

    def told(self, locale: str) -> str:
        """The sentence in ``locale``."""
        return translate(self.text, locale, **self.params)


@dataclass(frozen=True)
class Choice:
    """A node that has to be mapped: ``key`` as a mapping names it, and the nodes that could take its tokens."""

    key: str
    label: str
    targets: tuple[Node, ...]
    proposed: str | None


class Plan:
    """How tokens get from one drawing to another. ``mapping`` names what does not simply stay where it is.

    It goes from node to node (or TAKEN_OFF), and from ``before>join`` to the node that counts as having been before it.
    """

    def __init__(self, source: Chart, target: Chart, mapping: Mapping[str, str]) -> None:
        self.source, self.target, self.mapping = source, target, dict(mapping)

    def node(self, key: str) -> str | None:
        """The node that takes over from ``key``, or TAKEN_OFF; None where none does."""
        given = self.mapping.get(key)
        if given is not None:
            return given if given == TAKEN_OFF or self._suits(key, given) else None
        return key if self._suits(key, key) else None

    def before(self, came_from: str, join: str, new_join: str) -> str | None:
        """What tokens of a join that came from ``came_from`` count as coming from; None where there is nothing."""
        inputs = self.target.nodes[new_join].inputs
        given = self.mapping.get(f"{came_from}{VIA}{join}")
        found = given if given is not None else self.mapping.get(came_from, came_from)
        return found if found in inputs or found == TAKEN_OFF else None

    def names(self) -> dict[str, str]:
        """Nodes that are called otherwise in the new drawing, as the mapping has it."""
        return {old: new for old, new in self.mapping.items() if VIA not in old and new != TAKEN_OFF}

    def renamed(self, key: str) -> str:
        """What a node of the old drawing is called in the new one, where it has a counterpart; else its old id."""
        found = self.node(key) if key in self.source.nodes else None
        return found if found not in {None, TAKEN_OFF} else self.mapping.get(key, key)  # type: ignore[return-value]

    def _suits(self, key: str, other: str) -> bool:
        one, two = self.source.nodes.get(key), self.target.nodes.get(other)
        return one is not None and two is not None and one.family == two.family


def choice(plan: Plan, key: str) -> Choice:
    """What could take over from ``key``, and what probably does: the node of the same name, else of the same act."""
    before, _, join = key.partition(VIA)
    if join:
        new_join = plan.node(join)
        ids = plan.target.nodes[new_join].inputs if new_join in plan.target.nodes else ()
        targets = [plan.target.nodes[one] for one in ids]
        label = f"{plan.source.label(before)} → {plan.source.label(join)}"
    else:
        node = plan.source.nodes.get(key)
        targets = [each for each in plan.target.nodes.values() if node is not None and each.family == node.family]
        label = plan.source.label(key)
    return Choice(key, label, tuple(targets), _proposed(plan, before, targets))


def _proposed(plan: Plan, key: str, targets: list[Node]) -> str | None:
    node = plan.source.nodes.get(key)
    if node is None:
        return None
    named = [each.id for each in targets if node.name and each.name == node.name]
    acting = [each.id for each in targets if node.act and each.act == node.act]
    return next((found[0] for found in (named, acting) if len(found) == 1), None)


def reasons(plan: Plan, standing: Standing) -> list[Reason]:
    """Why the tokens of an instance have no place in the new drawing; empty where all have one."""
    found = list(_of_scope(plan, standing.top, None))
    return list({(reason.text, str(reason.params)): reason for reason in found}.values())


def transposed(plan: Plan, standing: Standing) -> Standing:
    """The same tokens in the new drawing. Only where there are no ``reasons`` against it."""
    return Standing(_scope(plan, standing.top, None), standing.events)


def _of_scope(plan: Plan, scope: Scope, name: str | None) -> Iterator[Reason]:
    """``name`` is that of the sub-process in the new drawing."""
    going_on = [token for token in scope.tokens if not token.has_ended]
    if going_on and all(plan.node(token.node) == TAKEN_OFF for token in going_on):
        yield Reason(N_("Every token of such a case would be taken off."))
    found = [reason for token in going_on for reason in _of_token(plan, token, name)]
    yield from found or _not_together(plan, going_on)


def _of_token(plan: Plan, token: Token, scope: str | None) -> Iterator[Reason]:
    label, found = plan.source.label(token.node), plan.node(token.node)
    if found == TAKEN_OFF:
        return
    if found is None:
        yield _no_place(plan, token.node, label)
        return
    node = plan.target.nodes[found]
    if node.scope != scope:
        yield Reason(N_('"%(name)s" lies in another sub-process in the new drawing.'), {"name": label}, token.node)
        return
    if token.came_from and plan.before(token.came_from, token.node, found) is None:
        yield Reason(
            N_('A branch waits at "%(join)s" that came from "%(before)s"; nothing of that name leads there any more.'),
            {"join": label, "before": plan.source.label(token.came_from)},
            f"{token.came_from}{VIA}{token.node}",
        )
    if token.inside is not None:
        yield from _of_scope(plan, token.inside, found)


def _not_together(plan: Plan, tokens: list[Token]) -> Iterator[Reason]:
    """Tokens that the new drawing never has at the same time: branches that were parallel and no longer are."""
    staying = [(token, moved) for token in tokens if (moved := _token(plan, token, None)) is not None]
    known = together.pairs(plan.target)
    for (one, there), (other, elsewhere) in combinations(staying, 2):
        places = [together.place(plan.target, each.node, each.came_from) for each in (there, elsewhere)]
        if tuple(places) not in known:
            labels = {"one": plan.source.label(one.node), "other": plan.source.label(other.node)}
            yield Reason(N_('"%(one)s" and "%(other)s" are open together, and never are in the new drawing.'), labels)


def _no_place(plan: Plan, key: str, label: str) -> Reason:
    given = plan.mapping.get(key)
    if given is not None:
        text = N_('"%(other)s" cannot take over from "%(name)s": it is of another kind.')
        return Reason(text, {"name": label, "other": plan.target.label(given)}, key)
    if key in plan.target.nodes:
        return Reason(N_('"%(name)s" is of another kind in the new drawing.'), {"name": label}, key)
    return Reason(N_('"%(name)s" is not in the new drawing; please say what takes its place.'), {"name": label}, key)


def _scope(plan: Plan, scope: Scope, name: str | None) -> Scope:
    moved = (_token(plan, token, name) for token in scope.tokens)
    return replace(scope, tokens=tuple(token for token in moved if token is not None))


def _token(plan: Plan, token: Token, scope: str | None) -> Token | None:
    if token.has_ended:
        # What the end was called matters to nobody: the token only waits for the others.
        return replace(token, node=(scope or plan.target.process) + END_JOIN, came_from=_an_end(plan.target, scope))
    found = plan.node(token.node)
    before = plan.before(token.came_from, token.node, found) if found and token.came_from else ""
    if found is None or TAKEN_OFF in (found, before):
        return None
    return replace(
        token,
        node=found,
        came_from=before or "",
        beside=tuple(_beside(plan, token, found)),
        inside=_scope(plan, token.inside, found) if token.inside is not None else None,
    )


def _an_end(chart: Chart, scope: str | None) -> str:
    return next(node.id for node in chart.nodes.values() if node.kind == "endEvent" and node.scope == scope)


def _beside(plan: Plan, token: Token, host: str) -> Iterator[Token]:
    """Boundary events that waited go on waiting; those that had fired do not wait again; new ones begin to wait."""
    counterparts = {plan.node(old): old for old in plan.source.beside(token.node)}
    waiting = {each.node: each for each in token.beside}
    for event in plan.target.beside(host):
        old = counterparts.get(event)
        if old in waiting:
            yield replace(waiting[old], node=event)
        elif old is None:
            yield Token(event, new_id(), TaskState.WAITING, token.brought, {})
