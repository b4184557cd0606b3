"""Collects every sentence that users may read, and keeps the Chinese catalogue in step with them.

``python -m web.translating`` rewrites ``messages.po``: new sentences come in empty, vanished ones go, the others stay.
``pybabel compile --directory web/translations`` makes what the running program reads.
"""

import ast
import json
import sys
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.pofile import read_po, write_po

from engine.kit.config import ROOT
from engine.kit.i18n import CATALOGUES, DEFAULT_LOCALE

PO = CATALOGUES / DEFAULT_LOCALE / "LC_MESSAGES" / "messages.po"
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None}
PROGRAM = [("**/templates/**.html", "jinja2"), ("**.py", "web.translating:code")]
FLOORS = {"engine": PROGRAM, "reports": PROGRAM, "web": PROGRAM, "forms": [("**.json", "web.translating:forms")]}
ASKED_IN_FORMS = frozenset({"title", "submit", "label", "help"})
KINDS_OF_NO = frozenset({"CityLoopError", "NotFound", "NotAllowed", "Conflict", "Invalid"})

Found = tuple[int, str | None, Any, list[str]]


def collect() -> Catalog:
    """Every sentence of the program, without translations."""
    catalogue = Catalog(locale=DEFAULT_LOCALE, project="CityLoop", charset="utf-8", fuzzy=False)
    for floor, methods in FLOORS.items():
        found = extract_from_dir(
            ROOT / floor, methods, {"**/templates/**.html": {"silent": "false"}}, keywords=KEYWORDS
        )
        for name, _line, text, comments, context in found:
            catalogue.add(text, None, [(f"{floor}/{name}", 0)], auto_comments=comments, context=context)
    return catalogue


def kept() -> Catalog:
    """The Chinese catalogue as it is in the repository."""
    with PO.open("rb") as file:
        return read_po(file, locale=DEFAULT_LOCALE)


def refresh() -> Catalog:
    """Bring the Chinese catalogue in step with the program, and write it."""
    found = collect()
    catalogue = kept() if PO.exists() else Catalog(locale=DEFAULT_LOCALE, project="CityLoop", charset="utf-8")
    catalogue.update(found, no_fuzzy_matching=True)
    write(catalogue)
    return catalogue


def write(catalogue: Catalog) -> None:
    """Write the Chinese catalogue; without dates and line numbers, so that only changed sentences change it."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    dates = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Report-Msgid-Bugs-To")
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    header = next(number for number, line in enumerate(lines) if line == "\n")
    text = [line for line in lines[:header] if line.startswith('"') is False or not line[1:].startswith(dates)]
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_text("".join([line for line in text if not line.startswith("#")] + lines[header:]), "utf-8")


def missing(catalogue: Catalog) -> list[str]:
    """Sentences that have no Chinese yet."""
    texts = {(one.id if isinstance(one.id, str) else one.id[0]): one.string for one in catalogue if one.id}
    return [text for text, chinese in texts.items() if not (all(chinese) if isinstance(chinese, tuple) else chinese)]


def code(
    file: IO[bytes], keywords: Mapping[str, Any], tags: Collection[str], options: dict[str, Any]
) -> Iterator[Found]:
    """Babel's extractor of Python, and the docstrings of errors, which are the sentences that users read."""
    yield from extract_python(file, keywords, tags, options)  # type: ignore[arg-type,misc]
    file.seek(0)
    yield from ((line, None, text, []) for line, text in _said_by_errors(ast.parse(file.read())))


def forms(file: IO[bytes], *_: Any, **__: Any) -> Iterator[Found]:
    """Titles, labels, help and phrases of form definitions."""
    yield from ((1, None, text, []) for text in _asked(json.loads(file.read())) if text)


def _said_by_errors(module: ast.Module) -> Iterator[tuple[int, str]]:
    known = set(KINDS_OF_NO) | _imported_errors(module)
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef) and (node.name in KINDS_OF_NO or known & set(_bases(node))):
            known.add(node.name)
            yield node.lineno, " ".join((ast.get_docstring(node) or "").split())


def _imported_errors(module: ast.Module) -> set[str]:
    imports = (node for node in ast.walk(module) if isinstance(node, ast.ImportFrom))
    return {name.name for node in imports if (node.module or "").endswith(".errors") for name in node.names}


def _bases(node: ast.ClassDef) -> Iterator[str]:
    for base in node.bases:
        if isinstance(base, ast.Name):
            yield base.id
        elif isinstance(base, ast.Attribute):
            yield base.attr


def _asked(entry: Any) -> Iterator[str]:
    if isinstance(entry, list):
        for item in entry:
            yield from _asked(item)
    if isinstance(entry, dict):
        for key, value in entry.items():
            if key in ASKED_IN_FORMS and isinstance(value, str):
                yield value
            elif key == "phrases":
                yield from value
            else:
                yield from _asked(value)


if __name__ == "__main__":
    left = missing(refresh())
    sys.stdout.write("".join(f"no Chinese yet: {text}\n" for text in left))
    sys.stdout.write(f"{PO.relative_to(ROOT)}: {len(left)} sentences without Chinese\n")
