"""The forms that there are: one JSON file each in ``forms/``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.forms import linting, reading
from engine.forms.definition import Field
from engine.kit.config import ROOT
from engine.kit.errors import NotFound

FOLDER = ROOT / "forms"


class UnknownForm(NotFound):
    """There is no form %(name)s."""


class FaultyForm(Exception):
    """A form's file is wrong: a mistake of the installation, not of a user. The message lists the findings."""


@dataclass(frozen=True)
class Form:
    """A form: ``title`` and ``submit`` (what its button says) are English msgids."""

    name: str
    version: int
    title: str
    submit: str
    fields: tuple[Field, ...]
    help: str = ""

    def read(
        self, data: Mapping[str, Any], options: reading.Options | None = None, zone: ZoneInfo = reading.CITY
    ) -> dict[str, Any]:
        """The values of every field of this form, from what a browser or an API sent.

        ``options`` gives the lists that ``options_from`` names; ``zone`` is the city's, for dates typed without one.
        Raises Invalid with all wrong fields.
        """
        return reading.read(self.fields, data, options, zone)

    def field(self, name: str) -> Field:
        """The field of that name; KeyError where there is none."""
        return {field.name: field for field in self.fields}[name]


def load(name: str, version: int | None = None) -> Form:
    """The form ``name``, read once per process.

    Raises UnknownForm where there is no such file, or not in that version.
    """
    form = _read(name) if name in names() else None
    if form is None or version not in {None, form.version}:
        raise UnknownForm(name=name)
    return form


@cache
def names() -> frozenset[str]:
    """Names of all forms."""
    return frozenset(path.stem for path in FOLDER.glob("*.json"))


@cache
def _read(name: str) -> Form:
    entry = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    findings = linting.check(entry)
    if findings or entry["name"] != name:
        raise FaultyForm(f"forms/{name}.json: " + "; ".join(str(finding) for finding in findings))
    return of(entry)


def of(entry: Mapping[str, Any]) -> Form:
    """The form that a checked file describes."""
    questions = tuple(Field.of(item) for item in entry["fields"])
    return Form(entry["name"], entry["version"], entry["title"], entry["submit"], questions, entry.get("help", ""))
