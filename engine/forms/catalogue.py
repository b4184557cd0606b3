"""The forms that there are: one JSON file each in ``forms/``, and above them what the city has designed itself.

A form keeps its file's questions as its contract: the acts of the program read them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.forms import linting, published, reading
from engine.forms.definition import Field, words
from engine.forms.kinds import empty
from engine.kit.config import ROOT
from engine.kit.errors import NotFound

FOLDER = ROOT / "forms"
OWN_STEP = "step"
"""The form whose questions every form of a city's own step keeps."""


class UnknownForm(NotFound):
    """There is no form %(name)s."""


class FaultyForm(Exception):
    """A form's file is wrong: a mistake of the installation, not of a user. The message lists the findings."""


@dataclass(frozen=True)
class Form:
    """A form: ``title`` and ``submit`` (what its button says) are English msgids, or a city's own words.

    ``contract`` are the questions of the file that a designed form stands for; a file's own form needs none.
    """

    name: str
    version: int
    title: str
    submit: str
    fields: tuple[Field, ...]
    help: str = ""
    contract: Mapping[str, Field] = field(default_factory=dict)

    def read(
        self, data: Mapping[str, Any], options: reading.Options | None = None, zone: ZoneInfo = reading.CITY
    ) -> dict[str, Any]:
        """The values of every field of this form, from what a browser or an API sent.

        ``options`` gives the lists that ``options_from`` names; ``zone`` is the city's, for dates typed without one.
        What the contract knows and the form does not ask is empty. Raises Invalid with all wrong fields.
        """
        not_asked = {name: empty(one.kind) for name, one in self.contract.items()}
        return not_asked | reading.read(self.fields, data, options, zone)

    def field(self, name: str) -> Field:
        """The field of that name; KeyError where there is none."""
        return {field.name: field for field in self.fields}[name]

    @property
    def own_fields(self) -> tuple[Field, ...]:
        """The questions that the city added: no act reads them, so their answers are kept with the act."""
        return tuple(one for one in self.fields if one.name not in self.contract) if self.contract else ()


def load(name: str, version: int | None = None, *, at: datetime | None = None) -> Form:
    """The form ``name`` as it is in force, as it was at a moment, or in one version.

    Raises UnknownForm where there is no such form, or not in that version.
    """
    designed = published.entries().get(name, ())
    for row in reversed(designed):
        if (version is None or version == row.version) and (at is None or row.published_at <= at):
            return of(row.entry)
    if name in shipped_names() and version in {None, shipped(name).version}:
        return shipped(name)
    if designed and version is None:
        # A step that was opened before its form was first published has no older one to keep.
        return of(designed[0].entry)
    raise UnknownForm(name=name)


def was_in_force(name: str, version: int, since: datetime) -> bool:
    """Was there such a version, and was it in force after that moment? It was until the next one was published."""
    designed = published.entries().get(name, ())
    known = {row.version for row in designed} | ({shipped(name).version} if name in shipped_names() else set())
    ends = [row.published_at for row in designed if row.version > version]
    return version in known and (not ends or min(ends) > since)


def names() -> frozenset[str]:
    """Names of all forms."""
    return shipped_names() | published.entries().keys()


@cache
def shipped_names() -> frozenset[str]:
    """Names of the forms that came with the program."""
    return frozenset(path.stem for path in FOLDER.glob("*.json"))


def shipped(name: str) -> Form:
    """The form as its file has it, whatever the city made of it. Raises UnknownForm."""
    if name not in shipped_names():
        raise UnknownForm(name=name)
    return _read(name)


@cache
def _read(name: str) -> Form:
    entry = shipped_entry(name)
    findings = linting.check(entry)
    if findings or entry["name"] != name:
        raise FaultyForm(f"forms/{name}.json: " + "; ".join(str(finding) for finding in findings))
    return _of_file(entry)


def shipped_entry(name: str) -> dict[str, Any]:
    """The content of a form's file."""
    return dict(json.loads((FOLDER / f"{name}.json").read_text("utf-8")))


def contract_name(name: str) -> str:
    """The form of the program that a designed form of this name stands for; that of an own step for the step's."""
    return name if name in shipped_names() else OWN_STEP


def contract_of(name: str) -> Mapping[str, Field]:
    """The questions of that form."""
    return {one.name: one for one in shipped(contract_name(name)).fields}


def of(entry: Mapping[str, Any]) -> Form:
    """The form that the checked entry of a designed form describes."""
    return _made(entry, contract_of(entry["name"]))


def _of_file(entry: Mapping[str, Any]) -> Form:
    return _made(entry, {})


def _made(entry: Mapping[str, Any], contract: Mapping[str, Field]) -> Form:
    questions = tuple(Field.of(item) for item in entry["fields"])
    title, submit, help_ = (words(entry.get(key, "")) for key in ("title", "submit", "help"))
    return Form(entry["name"], entry["version"], title, submit, questions, help_, contract)
