"""What is wrong with an uploaded drawing, with the element and a sentence in the reader's language.

``check`` tells what keeps a drawing from going live, ``findings`` warnings too. ``examine`` takes a file as people
bring it: that is imported first (see ``importing``), and what was translated or lost is told beside the findings.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.kit.errors import Invalid
from engine.process import (
    importing,
    lint_events,
    lint_facts,
    lint_flows,
    lint_hands,
    lint_tasks,
    rehearsing,
    specs,
    vocabulary,
    xml,
)
from engine.process.finding import Finding, Grade, Shape

_RULES: tuple[Callable[[Shape], Iterator[Finding]], ...] = (
    lint_flows.processes,
    lint_flows.ids,
    lint_flows.coordinates,
    lint_flows.starts_and_ends,
    lint_flows.gateways,
    lint_tasks.user_tasks,
    lint_tasks.service_tasks,
    lint_tasks.script_tasks,
    lint_tasks.foreign_extensions,
    lint_events.timers,
    lint_events.messages,
    lint_events.boundaries,
    lint_events.event_gateways,
    lint_facts.unknown,
    lint_facts.undecided,
)
_ALONG: tuple[Callable[[Shape], Iterator[Finding]], ...] = (
    lint_flows.ways,
    lint_flows.reachable,
    lint_flows.endless,
    lint_flows.circles,
    lint_hands.closing,
)
"""Rules that walk along the ways: not asked where some of these lead through elements that are not run at all."""
_WARNINGS: tuple[Callable[[Shape], Iterator[Finding]], ...] = (
    lint_flows.never_begun,
    lint_facts.never,
    lint_facts.no_way,
    lint_facts.not_always_given,
    lint_hands.judging,
)
"""Asked only of drawings without errors: most walk along the ways."""

__all__ = ["Finding", "Grade", "Report", "check", "examine", "findings", "know"]

know = vocabulary.know


@dataclass(frozen=True)
class Report:
    """A file as it would go live: ``xml`` is the translated drawing, empty where the file cannot be read at all."""

    xml: str
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()
    losses: tuple[Finding, ...] = ()

    @property
    def errors(self) -> list[Finding]:
        """What keeps it from going live."""
        return [each for each in self.findings if each.grade == Grade.error]

    @property
    def warnings(self) -> list[Finding]:
        """What somebody must have read before it goes live."""
        return [each for each in self.findings if each.grade == Grade.warning]

    @property
    def needs_consent(self) -> bool:
        """Whether there is something that whoever publishes must have read: warnings, or losses."""
        return bool(self.warnings or self.losses)


def examine(source: bytes | str) -> Report:
    """Import a file and look at what came out. Never raises: a file that cannot be read is an error of the drawing."""
    try:
        imported = importing.read(source)
    except Invalid as error:
        return Report("", tuple(_of(error)))
    return Report(imported.xml, tuple(findings(imported.xml)), imported.notes, imported.losses)


def findings(source: bytes | str, *, rehearse: bool = True) -> list[Finding]:
    """Errors and warnings of a drawing just as it stands: nothing is translated before.

    First the drawing is read, then every rule looks at it; where none objects, it is dry-run along its ways. That takes
    a second or two: whoever asks at every stroke does without (``rehearse=False``).
    """
    try:
        shape = Shape(xml.read(source))
        found = list(lint_tasks.unsupported(shape))
        found += [finding for rule in (_RULES if found else (*_RULES, *_ALONG)) for finding in rule(shape)]
        if any(finding.grade == Grade.error for finding in found):
            return found
        if rehearse:
            found += _rehearsed(source)
        else:
            specs.parse(source)
        return [*found, *_warnings(shape)]
    except Invalid as error:
        return _of(error)


def check(source: bytes | str) -> list[Finding]:
    """Everything that keeps a drawing from going live; empty where nothing does."""
    return [finding for finding in findings(source) if finding.grade == Grade.error]


@lru_cache(maxsize=20)
def _rehearsed(source: bytes | str) -> tuple[Finding, ...]:
    """What its dry run found: whoever publishes what was just checked, or reviewed, does not wait for it again."""
    return tuple(rehearsing.rehearse(specs.parse(source)))


def _warnings(shape: Shape) -> list[Finding]:
    return [finding for rule in _WARNINGS for finding in rule(shape)]


def _of(error: Invalid) -> list[Finding]:
    inner = [Finding("drawing", each.text, each.params) for found in error.fields.values() for each in found]
    return inner or [Finding("drawing", error.message_id, error.params)]
