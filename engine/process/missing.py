"""Facts that an instance will miss in another drawing: asked for behind its tokens, given on ways that it has gone by.

An unknown fact stops a case where it is asked for, perhaps weeks later: better foretold than met there.
"""

from collections.abc import Mapping

from engine.process import lint_facts, vocabulary, xml
from engine.process.finding import Shape, name_of
from engine.process.giving import Given

Places = Mapping[str, frozenset[str]]
"""What is known at each node where a token is."""


class Missing:
    """Asks one drawing. Nothing is foretold where facts may come from outside, with messages."""

    def __init__(self, source: str | bytes) -> None:
        self._shape = Shape(xml.read(source))
        self._given = Given(self._shape)

    def asked_for(self, places: Places) -> list[tuple[str, str]]:
        """Pairs of what people call the element that asks, and the fact that may be unknown there; each once."""
        if not vocabulary.is_told("fact") or self._given.is_anything:
            return []
        known, supplied = self._given.known_from(places), frozenset(vocabulary.names("subject_fact"))
        found = {
            (name_of(self._shape.nodes[place]), fact): None
            for element, _, facts in lint_facts.read(self._shape)
            if (place := lint_facts.place_of(element)) in known
            for fact in sorted(facts - known[place] - supplied)
        }
        return list(found)
