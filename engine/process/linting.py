"""What is wrong with an uploaded drawing, with the element and a sentence in the reader's language."""

from collections.abc import Callable, Collection, Iterator

from engine.kit.errors import Invalid
from engine.process import lint_events, lint_flows, lint_tasks, rehearsing, specs, xml
from engine.process.finding import Finding, Shape

_RULES: tuple[Callable[[Shape], Iterator[Finding]], ...] = (
    lint_flows.processes,
    lint_flows.ids,
    lint_tasks.unsupported,
    lint_flows.starts_and_ends,
    lint_flows.ways,
    lint_flows.gateways,
    lint_flows.reachable,
    lint_flows.circles,
    lint_tasks.user_tasks,
    lint_tasks.service_tasks,
    lint_tasks.script_tasks,
    lint_tasks.foreign_extensions,
    lint_events.timers,
    lint_events.messages,
    lint_events.boundaries,
    lint_events.event_gateways,
)

__all__ = ["Finding", "check", "know"]


def know(kind: str, names: Callable[[], Collection[str]]) -> None:
    """Tell which names of a kind exist ("form", "act", "stage", "clock", "role"), so that others are refused."""
    lint_tasks.VOCABULARY[kind] = names


def check(source: bytes | str) -> list[Finding]:
    """Everything that keeps a drawing from going live; empty where nothing does.

    First the drawing is read, then every rule looks at it; where none objects, it is dry-run along its ways.
    """
    try:
        shape = Shape(xml.read(source))
        findings = [finding for rule in _RULES for finding in rule(shape)]
        return findings or rehearsing.rehearse(specs.parse(source))
    except Invalid as error:
        inner = [Finding("drawing", each.text, each.params) for found in error.fields.values() for each in found]
        return inner or [Finding("drawing", error.message_id, error.params)]
