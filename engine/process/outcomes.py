"""The outcomes that a step may have: those that the conditions behind it ask for."""

import re
from collections.abc import Iterator

from sqlalchemy import select

from engine.kit.db import db
from engine.process import instances, xml
from engine.process.instances import DEFINITION
from engine.process.sharing import Shared

ASKED = re.compile(r"""\boutcome\s*==\s*["']([^"']+)["']""")
OTHERWISE = "done"
"""The outcome that takes a gateway's default line."""
MOST_GATEWAYS = 5
"""How far behind a step its outcome is looked for: gateways may follow one another."""

Outcomes = dict[str, dict[str, str]]


def of(definition_id: int, node: str) -> dict[str, str]:
    """Outcomes of a step with what its lines are called; empty where nothing asks for one. One statement."""
    digest = db.session.scalar(select(DEFINITION.c.digest).where(DEFINITION.c.id == definition_id))
    if digest is None:
        return {}
    return _read.get(digest, lambda: instances.source_of(definition_id)).get(node, {})


def read(source: str | bytes) -> Outcomes:
    """The outcomes of every user task of a drawing's XML, by its id. Raises UnreadableXml."""
    return asked(xml.read(source))


def asked(root: xml.Element) -> Outcomes:
    """The same, of a drawing that has been read."""
    flows: dict[str, list[xml.Element]] = {}
    for flow in xml.find(root, ".//bpmn:sequenceFlow"):
        flows.setdefault(flow.get("sourceRef"), []).append(flow)
    gateways = {each.get("id") for each in xml.find(root, ".//bpmn:exclusiveGateway|.//bpmn:inclusiveGateway")}
    tasks = [each.get("id") for each in xml.find(root, ".//bpmn:userTask")]
    return {task: _first(_behind(task, flows, gateways, MOST_GATEWAYS)) for task in tasks}


def _first(found: Iterator[tuple[str, str]]) -> dict[str, str]:
    outcomes: dict[str, str] = {}
    for value, label in found:
        outcomes.setdefault(value, label)
    return outcomes


def _behind(node: str, flows: dict[str, list[xml.Element]], gateways: set[str], most: int) -> Iterator[tuple[str, str]]:
    asked = {flow: ASKED.findall(_condition(flow)) for flow in flows.get(node, [])}
    for flow, found in asked.items():
        yield from ((value, flow.get("name") or value) for value in found)
        if found:
            continue
        if any(asked.values()) and not _condition(flow):
            yield OTHERWISE, flow.get("name") or OTHERWISE
        elif most and flow.get("targetRef") in gateways:
            yield from _behind(flow.get("targetRef"), flows, gateways, most - 1)


def _condition(flow: xml.Element) -> str:
    return "".join("".join(each.itertext()) for each in xml.find(flow, "./bpmn:conditionExpression"))


_read: Shared[Outcomes] = Shared(read)
