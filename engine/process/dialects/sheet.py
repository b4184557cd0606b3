"""A drawing from another tool while it is made ours: what was done to it is noted with the element."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from lxml import etree

from engine.process import actions, vocabulary, xml
from engine.process.dialects import remarks
from engine.process.finding import Finding, Grade

CITYLOOP = xml.NAMES["cityloop"]
MOST_TOLD = 160
"""Characters of what strangers wrote that a sentence repeats."""


class Sheet:
    """The drawing and what was said of it. ``is_own``: it was drawn for this program, and is only looked through."""

    def __init__(self, root: xml.Element) -> None:
        self.is_own = next(root.iter(f"{{{CITYLOOP}}}*"), None) is not None
        self.root = root if "cityloop" in root.nsmap else _with_prefix(root)
        self._remarks: dict[tuple[str, str, str], Finding] = {}

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What was translated."""
        return tuple(each for each in self._remarks.values() if each.grade == Grade.note)

    @property
    def losses(self) -> tuple[Finding, ...]:
        """What was left out."""
        return tuple(each for each in self._remarks.values() if each.grade == Grade.loss)

    def note(self, element: xml.Element, text: str, source: str = "", better: str = "") -> None:
        """Something became something else."""
        self._remark(element, text, Grade.note, {"source": _short(source), "better": _short(better)})

    def lose(self, element: xml.Element, text: str, what: str) -> None:
        """Something could not be honoured."""
        self._remark(element, text, Grade.loss, {"what": _short(what)})

    def all(self, *kinds: str) -> list[xml.Element]:
        """Every BPMN element of these kinds."""
        return [each for kind in kinds for each in self.root.iter(f"{{{xml.BPMN}}}{kind}")]

    def take_attributes(self, element: xml.Element, namespaces: Iterable[str]) -> dict[str, str]:
        """Take an element's attributes of some namespaces away, by their plain names."""
        wanted = set(namespaces)
        names = [name for name in element.attrib if etree.QName(name).namespace in wanted]
        return {etree.QName(name).localname: element.attrib.pop(name) for name in names}

    def take_extensions(self, element: xml.Element, namespaces: Iterable[str]) -> list[xml.Element]:
        """Take an element's extensions of some namespaces away."""
        wanted = set(namespaces)
        found = [each for each in xml.find(element, "./bpmn:extensionElements/*") if _namespace(each) in wanted]
        for each in found:
            each.getparent().remove(each)
        return found

    def give_form(self, step: xml.Element, key: str) -> None:
        """The form of a step, and its act, where we have a form of that name."""
        stem = re.split(r"[/:]", key.strip())[-1].rpartition(".")[0] or re.split(r"[/:]", key.strip())[-1]
        name = match(stem, dict.fromkeys(vocabulary.names("form"), ()))
        if name is None:
            self.lose(step, remarks.NO_FORM, key)
            return
        task = self._task(step)
        task.set("form", name)
        task.set("act", vocabulary.mapping("form_act").get(name) or vocabulary.mapping("plain_step").get("act", ""))
        self.note(step, remarks.FORM, key, name)

    def give_group(self, step: xml.Element, names: str) -> None:
        """The role of a step: the first of its groups that is a role here; other groups are lost."""
        for group in re.findall(r"[^\s,;\[\]\"'{}$#=][^,;\[\]\"'{}]*", names):
            role = match(group, self._roles)
            if role is None or self._task(step).get("role"):
                self.lose(step, remarks.NO_GROUP, group.strip())
            else:
                self._task(step).set("role", role)
                self.note(step, remarks.ROLE, group.strip(), role)

    def give_action(self, node: xml.Element, name: str, params: Mapping[str, str] | None = None) -> None:
        """The registered action of a service task, where we have one of that name, and the parameters that it knows."""
        found = match(name.strip("${}#= "), {each.name: () for each in actions.offered()})
        if found is None:
            self.lose(node, remarks.NO_ACTION, name)
            return
        element = self.extend(node, "action")
        element.set("name", found)
        known = actions.action(found).parameters.fields
        for key, value in (params or {}).items():
            if key in known and not value.startswith(("=", "${", "#{")):
                etree.SubElement(element, f"{{{CITYLOOP}}}parameter", name=key, value=value.strip("\"'"))
            else:
                self.lose(node, remarks.NO_DATA, key)
        self.note(node, remarks.ACTION, name, found)

    def give_lane_role(self, lane: xml.Element) -> None:
        """The role of a lane, where it is called like one."""
        role = match(lane.get("name") or "", self._roles)
        if role is not None:
            self.extend(lane, "lane").set("role", role)
            self.note(lane, remarks.ROLE, lane.get("name") or "", role)

    def give_help(self, step: xml.Element, text: str) -> None:
        """What people were told at a step is kept as its documentation, where it has none."""
        if text.strip() and not xml.find(step, "./bpmn:documentation"):
            element = etree.Element(f"{{{xml.BPMN}}}documentation")
            element.text = text.strip()
            step.insert(0, element)
            self.note(step, remarks.HELP)

    def extend(self, node: xml.Element, name: str) -> xml.Element:
        """The element ``cityloop:name`` of a node, made where it is missing."""
        found = xml.extension(node, name)
        if found is not None:
            return found
        holders = xml.find(node, "./bpmn:extensionElements")
        holder = holders[0] if holders else etree.Element(f"{{{xml.BPMN}}}extensionElements")
        if not holders:
            node.insert(len(xml.find(node, "./bpmn:documentation")), holder)
        return etree.SubElement(holder, f"{{{CITYLOOP}}}{name}")

    @cached_property
    def _roles(self) -> dict[str, tuple[str, ...]]:
        names = vocabulary.names("role")
        return dict(names) if isinstance(names, Mapping) else dict.fromkeys(names, ())

    def _task(self, step: xml.Element) -> xml.Element:
        return self.extend(step, "task")

    def _remark(self, element: xml.Element, text: str, grade: Grade, params: dict[str, str]) -> None:
        key = (None if element is self.root else element.get("id")) or "drawing"
        self._remarks.setdefault((key, text, str(params)), Finding(key, text, params, grade))


def match(name: str, known: Mapping[str, Iterable[str]]) -> str | None:
    """The one known name that ``name`` means, however it is written: "FindDepartment", "find-department"."""
    wanted = _plain(name)
    found = [code for code, names in known.items() if wanted and wanted in {_plain(each) for each in (code, *names)}]
    return found[0] if len(found) == 1 else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _short(text: str) -> str:
    return text if len(text) <= MOST_TOLD else f"{text[:MOST_TOLD]}…"


def _namespace(element: xml.Element) -> str | None:
    return etree.QName(element).namespace if isinstance(element.tag, str) else None


def _with_prefix(root: xml.Element) -> xml.Element:
    """The same drawing under a root that knows our prefix, so that it is declared once."""
    fresh = etree.Element(root.tag, dict(root.attrib), nsmap={**root.nsmap, "cityloop": CITYLOOP})
    fresh.text = root.text
    fresh.extend(list(root))
    return fresh
