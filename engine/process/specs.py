"""Parsed drawings: each is parsed once per process and shared by all instances and threads; nothing writes to them."""

from dataclasses import dataclass
from typing import Any

from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.process import xml
from engine.process.parser import DrawingParser
from engine.process.sharing import Shared


@dataclass(frozen=True)
class Drawn:
    """A process that can run: SpiffWorkflow's specification, and those of its subprocesses by id."""

    spec: Any
    subprocesses: dict[str, Any]


def parse(source: str | bytes) -> Drawn:
    """Parse the one executable process of a drawing.

    Raises UnreadableXml, or Invalid with SpiffWorkflow's words about the first thing that it cannot run.
    """
    root = xml.read(source)
    parser = DrawingParser()
    try:
        parser.add_bpmn_xml(root)
        [key] = parser.get_process_ids()
        spec = parser.get_spec(key)
        return Drawn(spec, parser.get_subprocess_specs(key))
    except Exception as error:  # SpiffWorkflow raises its own errors, and bare ones from inside its parsers
        # It follows a way node by node, each inside the one before, and wraps what Python says of that.
        if "RecursionError" in str(error) or isinstance(error, RecursionError):
            text = N_("A way through it passes too many elements one after the other; please use sub-processes.")
            raise Invalid({"drawing": [FieldError(text)]}) from error
        raise Invalid({"drawing": [FieldError(N_("SpiffWorkflow cannot read it: %(reason)s"),
                                              {"reason": str(error)[:300]})]}) from error  # fmt: skip


drawn: Shared[Drawn] = Shared(parse)
"""Parsed drawings by their fingerprint."""
