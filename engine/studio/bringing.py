"""A file that was drawn elsewhere becomes a draft; what its import translated or left out is kept as comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import select

from engine.kit import pinyin
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_, translate
from engine.kit.signals import Doer
from engine.process import definitions, importing, xml
from engine.process.errors import UnreadableXml
from engine.process.finding import Finding
from engine.process.importing import Imported
from engine.process.models import ProcessDefinition
from engine.studio import commenting, drafting
from engine.studio.models import StudioDraft

MOST_TOLD = 200
"""Remarks that become comments: a hostile file has thousands."""


@dataclass(frozen=True)
class File:
    """What somebody brought: the name of the file, and what is in it (bytes, or the text that a page kept of it)."""

    name: str
    source: bytes | str

    @property
    def text(self) -> str:
        """What a page can keep, so that the file need not be chosen again; empty where it is no text."""
        try:
            return xml.text_of(self.source).text
        except Invalid:
            return ""


def bring(file: File, *, key: str, locale: str, by: Doer, at: datetime) -> StudioDraft:
    """Open a draft of what is in ``file``; remarks of the import are written in ``locale``.

    Without a ``key`` it is the process that the file itself names, where there is one; else a new process.
    Raises Invalid (``file``, ``key``), DraftExists.
    """
    imported = _imported(file)
    key = key.strip() or _key_in(imported, file)
    draft = drafting.begin(drafting.Source(key, imported.xml, in_force(key)), by=by, at=at)
    # What is lost is told before what is merely said otherwise.
    _comment(draft, (*imported.losses, *imported.notes), locale, at)
    return draft


def in_force(key: str) -> int | None:
    """Id of the version that a draft of this process is compared with; None for a new process."""
    version = definitions.in_force(key)
    return version.id if version is not None else None


def key_for(name: str) -> str:
    """A free key for a new process of that name: 行道树修剪 gives "xingdaoshuxiujian"."""
    return drafting.free_key(pinyin.letters(name))


def _imported(file: File) -> Imported:
    try:
        imported = importing.read(file.source)
    except UnreadableXml as error:
        raise Invalid.field("file", error.message_id, **error.params) from error
    count = len(xml.find(xml.read(imported.xml), "./bpmn:process"))
    if count != 1:
        raise Invalid.field("file", N_("Exactly one process is needed, not %(count)s."), count=count)
    return imported


def _key_in(imported: Imported, file: File) -> str:
    named = xml.find(xml.read(imported.xml), "./bpmn:process")[0].get("id")
    is_known = select(ProcessDefinition.id).where(ProcessDefinition.key == named).limit(1)
    if named and db.session.scalar(is_known) is not None:
        return str(named)
    return key_for(drafting.name_in(imported.xml) or PurePath(file.name).stem)


def _comment(draft: StudioDraft, remarks: Sequence[Finding], locale: str, at: datetime) -> None:
    told = [(each.element_id, each.told(locale)) for each in remarks[:MOST_TOLD]]
    if len(remarks) > MOST_TOLD:
        more = translate(N_("and %(count)s more"), locale, count=len(remarks) - MOST_TOLD)
        told.append((commenting.DRAWING, more))
    commenting.comment_by_program(draft, told, at=at)
