"""Rules about facts: conditions, timers and scripts read what was given, and for every value some way is open."""

from collections.abc import Iterator

from engine.kit.i18n import N_
from engine.process import expressions, outcomes, parser, supposing, vocabulary, xml
from engine.process.finding import Finding, Grade, Shape, at, name_of, warn
from engine.process.giving import Given

_UNDECIDED = N_('The form of the step "%(name)s" asks for no decision, but the ways behind it depend on one.')
_UNKNOWN = N_("The condition %(source)s reads %(fact)s, which nobody gives.")


def unknown(shape: Shape) -> Iterator[Finding]:
    """What is read is given by the program, a step, an action or a script.

    Messages may bring anything: where a drawing waits for some, this is a warning only.
    """
    if not vocabulary.is_told("fact"):
        return
    given = Given(shape)
    grade = Grade.warning if given.is_anything else Grade.error
    for element, source, names in read(shape):
        for name in sorted(names - given.anywhere):
            yield Finding(_id(element), _UNKNOWN, {"source": source[:200], "fact": name}, grade)


def undecided(shape: Shape) -> Iterator[Finding]:
    """The form of a step of no particular act asks for the decision that the ways behind the step depend on."""
    if not vocabulary.is_told("decision"):
        return
    plain, deciding = vocabulary.mapping("plain_step").get("act"), shape.known("decision")
    asked = outcomes.asked(shape.root)
    for node in shape.of("userTask"):
        task = parser.task_of(node)
        is_asked = set(asked.get(node.get("id", ""), {})) - {outcomes.OTHERWISE}
        if task["act"] == plain and task["form"] and task["form"] not in deciding and is_asked:
            yield at(node, _UNDECIDED, name=name_of(node))


def not_always_given(shape: Shape) -> Iterator[Finding]:
    """What is read was given on every way that leads to the reader: an unknown fact stops the case there."""
    if not vocabulary.is_told("fact"):
        return
    given = Given(shape)
    if given.is_anything:
        return
    for element, _, names in read(shape):
        for name in sorted((names & given.anywhere) - given.before(place_of(element))):
            yield warn(element, N_("%(fact)s is given only on some of the ways that lead here."), fact=name)


def never(shape: Shape) -> Iterator[Finding]:
    """A condition asks for values that its fact may have."""
    for gateway in supposing.gateways(shape):
        for flow, source, fact, value, values in gateway.impossible():
            yield warn(
                flow,
                N_("The condition %(source)s asks whether %(fact)s is %(value)s, which it never is."),
                source=source[:200],
                fact=fact,
                value=value[:100],
                values=", ".join(values),
            )


def no_way(shape: Shape) -> Iterator[Finding]:
    """A gateway without default shows a way whatever its facts are."""
    left = supposing.MOST_TRIALS
    for gateway in supposing.gateways(shape):
        if gateway.has_default or left <= 0:
            continue
        facts, spent = gateway.without_way(left)
        left -= spent
        if facts is not None:
            told = ", ".join(f"{name} = {_shown(value)}" for name, value in sorted(facts.items()))
            yield warn(
                gateway.node,
                N_('The gateway "%(name)s" shows no way where %(facts)s.'),
                name=gateway.node.get("name") or gateway.node.get("id"),
                facts=told[:300],
            )


def read(shape: Shape) -> Iterator[tuple[xml.Element, str, set[str]]]:
    """Every source that reads facts: the element that it belongs to, its text, and the facts."""
    for flow in shape.flows:
        for condition in xml.find(flow, "./bpmn:conditionExpression"):
            source = (condition.text or "").strip()
            yield flow, source, _variables(source)
    for node in shape.of("intermediateCatchEvent", "boundaryEvent"):
        clock, source = parser.timer_of(node)
        if source and not clock:
            yield node, source, _variables(source)
    for node in shape.of("scriptTask"):
        known: set[str] = set()
        for name, source in _lines(node):
            # A line may read what the lines above it set.
            yield node, source, _variables(source) - known
            known.add(name)


def _lines(node: xml.Element) -> list[tuple[str, str]]:
    found = xml.find(node, "./bpmn:script")
    try:
        return expressions.assignments((found[0].text or "") if found else "")
    except expressions.Refused:
        return []


def _variables(source: str) -> set[str]:
    try:
        # A timer may count from the moment at which it begins to wait.
        return set(expressions.compiled(source).variables()) - {"at"}
    except expressions.Refused:
        return set()


def place_of(element: xml.Element) -> str:
    """The node where something is read: for a flow, that which it leaves; for a timer on a step's edge, the step."""
    if xml.kind(element) == "sequenceFlow":
        return str(element.get("sourceRef", ""))
    return str(element.get("attachedToRef") or element.get("id", ""))


def _id(element: xml.Element) -> str:
    return element.get("id") or "drawing"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)
