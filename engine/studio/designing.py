"""Drafts of forms: one is open for each form, and every change of it is a step that can be undone.

``changing`` (a locked draft as somebody saw it) and ``keep`` are for the acts beside this: asking, publishing.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from engine.audit import recording
from engine.cases import list_of_acts
from engine.forms import catalogue, published
from engine.forms.models import FormDefinition, FormState, FormStep
from engine.kit import pinyin
from engine.kit.db import db
from engine.kit.errors import Invalid, NotFound
from engine.kit.i18n import DEFAULT_LOCALE, N_, translate
from engine.kit.signals import Doer
from engine.studio import drafting
from engine.studio.errors import FormChanged, FormInUse, FormNotDesigned, NothingToUndo

_ACTS = (*list_of_acts.STEP_ACTS, *list_of_acts.CASE_ACTS, list_of_acts.CUSTOM)
OF_ACTS = tuple(dict.fromkeys(("report", "call", *(act.name for act in _ACTS))))
"""The program's own forms that a city may design: those by which cases come in, and those of acts on them."""
MOST_STEPS = 200
"""Changes of a draft that can be undone."""
_TEXTS = frozenset({"title", "submit", "help", "label", "section"})


def begin(key: str, *, by: Doer, at: datetime) -> FormDefinition:
    """Begin to change a form, from what is in force. Raises NotFound, FormInUse."""
    published.forget()  # what another process has just published counts
    if key not in names():
        raise NotFound
    form = catalogue.load(key)
    return _begin(entry_in_force(key), based_on=form.version, by=by, at=at)


def begin_new(chinese: str, english: str, *, by: Doer, at: datetime) -> FormDefinition:
    """Begin a form for steps of the city's own: a decision and a note, to which questions are added.

    Raises Invalid (``title_zh``) where it has no name.
    """
    title = {"zh": chinese.strip(), "en": english.strip()}
    if not any(title.values()):
        raise Invalid.field("title_zh", N_("Please say what the form is called."))
    entry = bilingual(catalogue.shipped_entry(catalogue.OWN_STEP))
    key = _free_key(title["en"] or pinyin.letters(title["zh"]))
    return _begin(entry | {"name": key, "version": 0, "title": title}, based_on=None, by=by, at=at)


def discard(draft_id: int, *, by: Doer, at: datetime) -> None:
    """Give a draft up; its row stays for the record. Raises FormNotDesigned."""
    draft = _locked(draft_id)
    draft.state = FormState.discarded.value
    db.session.execute(delete(FormStep).where(FormStep.definition_id == draft.id))
    record("discarded", draft, by, at)


def undo(draft_id: int, *, revision: int, by: Doer, at: datetime) -> None:
    """Take the last change back. Raises NothingToUndo, FormChanged, FormNotDesigned."""
    _stand(changing(draft_id, revision), -1, by, at)


def redo(draft_id: int, *, revision: int, by: Doer, at: datetime) -> None:
    """Do again what was just undone. Raises NothingToUndo, FormChanged, FormNotDesigned."""
    _stand(changing(draft_id, revision), 1, by, at)


def changing(draft_id: int, revision: int) -> FormDefinition:
    """A draft locked against everybody else, as it was when its page was opened.

    Raises FormNotDesigned, FormChanged (somebody was faster).
    """
    draft = _locked(draft_id)
    if draft.revision != revision:
        raise FormChanged(name=drafting.name_of(draft.changed_by_id))
    return draft


def keep(draft: FormDefinition, entry: dict[str, Any], *, by: Doer, at: datetime) -> None:
    """Put a change into a locked draft as its next step; what had been undone is forgotten."""
    if entry == draft.entry:
        return
    later = (FormStep.definition_id == draft.id) & (FormStep.position > draft.position)
    oldest = (FormStep.definition_id == draft.id) & (FormStep.position <= draft.position - MOST_STEPS)
    db.session.execute(delete(FormStep).where(later | oldest))
    draft.position += 1
    db.session.add(FormStep(definition_id=draft.id, position=draft.position, entry=entry))
    _change(draft, entry, by, at)


def find(draft_id: int) -> FormDefinition:
    """A draft that is open. Raises FormNotDesigned."""
    draft = db.session.get(FormDefinition, draft_id)
    if draft is None or draft.state != FormState.draft:
        raise FormNotDesigned
    return draft


def open_drafts() -> dict[str, FormDefinition]:
    """Every open draft by the name of its form."""
    chosen = select(FormDefinition).where(FormDefinition.state == FormState.draft.value)
    return {draft.key: draft for draft in db.session.scalars(chosen)}


def versions(key: str) -> list[FormDefinition]:
    """Every published version of a form that was designed, the newest first."""
    of_key = (FormDefinition.key == key) & (FormDefinition.state == FormState.published.value)
    return list(db.session.scalars(select(FormDefinition).where(of_key).order_by(FormDefinition.version.desc())))


def steps_around(draft: FormDefinition) -> tuple[bool, bool]:
    """Is there something to undo, and something to do again?"""
    of_draft = FormStep.definition_id == draft.id
    first, last = db.session.execute(
        select(func.min(FormStep.position), func.max(FormStep.position)).where(of_draft)
    ).one()
    return first < draft.position, draft.position < last


def names() -> list[str]:
    """The names of every form that can be designed: those of acts, then the city's own."""
    return [*OF_ACTS, *sorted(published.entries().keys() - set(OF_ACTS))]


def entry_in_force(key: str) -> dict[str, Any]:
    """The content of a form as it is in force, its texts in both languages."""
    designed = published.entries().get(key)
    return dict(designed[-1].entry) if designed else bilingual(catalogue.shipped_entry(key))


def bilingual(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a form's file with its sentences in both languages."""
    found: dict[str, Any] = dict(entry)
    for key, value in entry.items():
        if key in _TEXTS and isinstance(value, str):
            found[key] = {"zh": translate(value, DEFAULT_LOCALE), "en": value} if value else ""
        elif key == "phrases":
            found[key] = [{"zh": translate(one, DEFAULT_LOCALE), "en": one} for one in value]
        elif isinstance(value, list):
            found[key] = [bilingual(one) if isinstance(one, dict) else one for one in value]
    return found


def record(act: str, draft: FormDefinition, by: Doer, at: datetime, **detail: object) -> None:
    """Write an act on a form into the audit log."""
    recording.record(f"form.{act}", by=by, at=at, object_kind="form", object_id=draft.key, detail=dict(detail))


def _begin(entry: dict[str, Any], *, based_on: int | None, by: Doer, at: datetime) -> FormDefinition:
    draft = FormDefinition(
        key=entry["name"], state=FormState.draft.value, entry=entry, based_on=based_on, revision=1, position=0,
        created_by_id=by.id, created_at=at, changed_by_id=by.id, changed_at=at,
    )  # fmt: skip
    other = open_drafts().get(draft.key)
    if other is not None:
        raise FormInUse(name=drafting.name_of(other.changed_by_id))
    db.session.add(draft)
    try:
        db.session.flush()
    except IntegrityError as error:  # two began at the same moment
        raise FormInUse(name="") from error
    db.session.add(FormStep(definition_id=draft.id, position=0, entry=entry))
    record("begun", draft, by, at, based_on=based_on)
    return draft


def _stand(draft: FormDefinition, way: int, by: Doer, at: datetime) -> None:
    step = db.session.get(FormStep, (draft.id, draft.position + way))
    if step is None:
        raise NothingToUndo
    draft.position += way
    _change(draft, step.entry, by, at)


def _change(draft: FormDefinition, entry: dict[str, Any], by: Doer, at: datetime) -> None:
    draft.entry, draft.revision = entry, draft.revision + 1
    draft.changed_by_id, draft.changed_at = by.id, at
    db.session.flush()


def _locked(draft_id: int) -> FormDefinition:
    asked = select(FormDefinition).where(FormDefinition.id == draft_id, FormDefinition.state == FormState.draft.value)
    draft = db.session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if draft is None:
        raise FormNotDesigned
    return draft


def _free_key(wanted: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", wanted.lower()).strip("_0123456789")[:30] or "form"
    taken = {*catalogue.names(), *open_drafts()}
    return next(key for key in [base, *(f"{base}_{number}" for number in range(2, len(taken) + 3))] if key not in taken)
