"""What the documents name is there: pages, headings, pictures; and no picture is kept that none of them shows."""

import re
from pathlib import Path

import pytest

from engine.kit.config import ROOT

DOCUMENTS = [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
PICTURES = sorted((ROOT / "docs" / "pictures").rglob("*.png"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
MOST_BYTES = 200_000


def local_links(document: Path) -> list[tuple[str, str]]:
    """File and heading that a document leads to, the file empty where it is the document itself."""
    found = LINK.findall(CODE.sub("", document.read_text("utf-8")))
    return [(file, heading) for file, _, heading in (link.partition("#") for link in found) if "://" not in file]


def anchors(document: Path) -> set[str]:
    """The headings as they are linked to: small letters, no punctuation, hyphens for spaces."""
    headings = HEADING.findall(CODE.sub("", document.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document):
    for file, heading in local_links(document):
        target = (document.parent / file).resolve() if file else document
        assert target.exists(), f"{document.name} names {file}"
        if heading:
            assert heading in anchors(target), f"{document.name} names #{heading} of {target.name}"


def test_every_picture_is_shown_by_a_document_and_is_small():
    shown = {(document.parent / file).resolve() for document in DOCUMENTS for file, _ in local_links(document) if file}
    for picture in PICTURES:
        assert picture in shown, f"no document shows {picture.relative_to(ROOT)}"
        assert picture.stat().st_size <= MOST_BYTES, picture.name
