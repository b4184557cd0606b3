"""Random drawings for the differential test of the codec: blocks inside blocks, one way in and one way out."""

from typing import Any

from hypothesis import strategies as st

from tests.engine.process.sketching import Sketch

START = {"pick": 0, "again": False, "n": 0}
"""What every act hands in anew: which way to choose, whether to go round again, and a serial number."""

_LEAVES = st.sampled_from(
    [("user",), ("script",), ("service",), ("wait",), ("late_user",), ("stopped_user",), ("race",)]
)
_TWO = ("choice", "parallel", "inclusive", "sequence")


def _compound(blocks: Any) -> Any:
    pairs = st.tuples(st.sampled_from(_TWO), blocks, blocks)
    triples = st.tuples(st.sampled_from(("parallel", "inclusive")), blocks, blocks, blocks)
    singles = st.tuples(st.sampled_from(("loop", "inside")), blocks)
    return pairs | triples | singles


BLOCKS = st.recursive(_LEAVES, _compound, max_leaves=8)


class Inventor:
    """Draws a block tree; every block returns the ids of its first and its last node."""

    def __init__(self) -> None:
        self.sketch, self._count = Sketch("invented"), 0

    def draw(self, tree: tuple[Any, ...]) -> str:
        self.sketch.start("begin").end("finish")
        first, last = self._block(tree)
        return self.sketch.flow("begin", first).flow(last, "finish").xml()

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._count}"

    def _block(self, tree: tuple[Any, ...]) -> tuple[str, str]:
        first, last = getattr(self, f"_{tree[0]}")(*tree[1:])
        return str(first), str(last)

    def _user(self) -> tuple[str, str]:
        name = self._name("user")
        self.sketch.user(name)
        return name, name

    def _script(self) -> tuple[str, str]:
        name = self._name("script")
        self.sketch.script(name, f"{name} = n + 1")
        return name, name

    def _service(self) -> tuple[str, str]:
        name = self._name("service")
        self.sketch.service(name, "urge")
        return name, name

    def _wait(self) -> tuple[str, str]:
        name = self._name("wait")
        self.sketch.wait(name, duration='"PT1H"')
        return name, name

    def _late_user(self) -> tuple[str, str]:
        """A timer beside the step starts something that ends by itself."""
        name, timer = self._name("user"), self._name("late")
        self.sketch.user(name).timer(timer, name, duration='"PT1H"').user(f"{timer}_told").end(f"{timer}_end")
        self.sketch.chain(timer, f"{timer}_told", f"{timer}_end")
        return name, name

    def _stopped_user(self) -> tuple[str, str]:
        """A timer takes the step away and goes its own way to the same place."""
        name, timer, after = self._name("user"), self._name("stop"), self._name("after")
        self.sketch.user(name).timer(timer, name, duration='"PT1H"', cancel=True).user(f"{timer}_instead").xor(after)
        self.sketch.chain(timer, f"{timer}_instead", after).flow(name, after)
        return name, after

    def _race(self) -> tuple[str, str]:
        """An event gateway: a letter or an hour, whichever comes first."""
        gate, after = self._name("race"), self._name("after")
        self.sketch.node("eventBasedGateway", gate).wait(f"{gate}_hour", duration='"PT1H"').xor(after)
        self.sketch.receive(f"{gate}_letter", f"{gate}_letter")
        self.sketch.chain(gate, f"{gate}_hour", after).chain(gate, f"{gate}_letter", after)
        return gate, after

    def _sequence(self, one: Any, two: Any) -> tuple[str, str]:
        (first, middle), (then, last) = self._block(one), self._block(two)
        self.sketch.flow(middle, then)
        return first, last

    def _choice(self, *trees: Any) -> tuple[str, str]:
        split, join = self._name("choice"), self._name("chosen")
        self.sketch.xor(split, f"{split}_default").xor(join)
        return self._branches(split, join, trees, ["pick == 0", ""])

    def _parallel(self, *trees: Any) -> tuple[str, str]:
        split, join = self._name("split"), self._name("join")
        self.sketch.parallel(split).parallel(join)
        return self._branches(split, join, trees, ["", "", ""])

    def _inclusive(self, *trees: Any) -> tuple[str, str]:
        split, join = self._name("some"), self._name("met")
        self.sketch.inclusive(split, f"{split}_default").inclusive(join)
        return self._branches(split, join, trees, ["pick >= 1", "pick >= 2", ""][3 - len(trees) :])

    def _branches(self, split: str, join: str, trees: tuple[Any, ...], conditions: list[str]) -> tuple[str, str]:
        for number, (tree, condition) in enumerate(zip(trees, conditions, strict=False)):
            first, last = self._block(tree)
            is_default = not condition and not split.startswith("split")
            self.sketch.flow(split, first, condition, name=f"{split}_default" if is_default else f"{split}_{number}")
            self.sketch.flow(last, join)
        return split, join

    def _loop(self, tree: Any) -> tuple[str, str]:
        """At least one step lies in each round, so that it cannot run in circles."""
        back, step, gate = self._name("back"), self._name("user"), self._name("again")
        self.sketch.xor(back).user(step).xor(gate, f"{gate}_default")
        first, last = self._block(tree)
        self.sketch.chain(back, first).chain(last, step, gate).flow(gate, back, "again")
        after = self._name("after")
        self.sketch.xor(after).flow(gate, after, name=f"{gate}_default")
        return back, after

    def _inside(self, tree: Any) -> tuple[str, str]:
        name = self._name("inside")
        self.sketch.subprocess(name).start(f"{name}_begin").end(f"{name}_finish")
        first, last = self._block(tree)
        self.sketch.flow(f"{name}_begin", first).flow(last, f"{name}_finish").leave()
        return name, name
