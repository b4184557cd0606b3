"""Publishing a form: refused where a drawing in use would no longer be given what it reads.

Steps that are open keep the version that was in force when they opened, pages the one that they were opened with.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from engine.forms import catalogue, contracts, linting, published
from engine.forms.models import FormDefinition, FormState, FormStep
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid, NotFound
from engine.kit.i18n import N_
from engine.kit.signals import Doer
from engine.studio import designing, drafting, form_uses, questioning, versions
from engine.studio.errors import FormChanged
from engine.studio.form_uses import Loss


def publish(
    draft_id: int, *, revision: int, note: str, has_read: bool = False, by: Doer, at: datetime
) -> FormDefinition:
    """Put a draft in force; ``has_read`` says that what drafts of drawings would lose was read.

    Raises FormNotDesigned, FormChanged (the draft, or another version was published meanwhile), Invalid.
    """
    draft = designing.changing(draft_id, revision)
    given = versions.given(note, "note")
    published.forget()  # what another process has just published counts
    if (draft.based_on or 0) != _version_in_force(draft.key):
        raise FormChanged(name=_publisher(draft.key))
    check(draft.key, draft.entry, has_read=has_read)
    db.session.execute(delete(FormStep).where(FormStep.definition_id == draft.id))
    _put_in_force(draft, draft.entry, given, by, at)
    return draft


def restore(key: str, version: int, *, note: str, by: Doer, at: datetime) -> FormDefinition:
    """Put an earlier version in force again, as the next one. Raises NotFound, Invalid as ``publish`` does."""
    given = versions.given(note, "note")
    published.forget()
    entry = entry_of(key, version)
    if version == _version_in_force(key):
        raise NotFound
    return take_over(key, entry, note=given, based_on=version, by=by, at=at)


def take_over(
    key: str, entry: dict[str, Any], *, note: str, based_on: int | None = None, by: Doer, at: datetime
) -> FormDefinition:
    """Put content in force that was no draft here: an earlier version, or what an archive has. Raises Invalid."""
    check(key, entry, has_read=True)
    row = FormDefinition(
        key=key, state=FormState.draft.value, entry=entry, based_on=based_on, created_by_id=by.id, created_at=at,
        changed_by_id=by.id, changed_at=at,
    )  # fmt: skip
    _put_in_force(row, entry, note, by, at)
    return row


def entry_of(key: str, version: int) -> dict[str, Any]:
    """The content of one version of a form, its texts in both languages. Raises NotFound."""
    for one in published.entries().get(key, ()):
        if one.version == version:
            return dict(one.entry)
    if key in designing.OF_ACTS and catalogue.shipped(key).version == version:
        return designing.bilingual(catalogue.shipped_entry(key))
    raise NotFound


def check(key: str, entry: dict[str, Any], *, has_read: bool) -> None:
    """Raises Invalid with everything that keeps the content of a form from being published."""
    findings = linting.check(entry) or contracts.check(entry) or list(_taken_names(entry))
    if findings:
        raise Invalid({one.field: [FieldError(one.text, one.params)] for one in findings})
    losses = form_uses.lost(key, catalogue.of(entry))
    if any(one.use.is_in_use for one in losses):
        raise Invalid({"": [told for one in losses if one.use.is_in_use for told in said(one)]})
    if losses and not has_read:
        raise Invalid.field("has_read", N_("Please read the warnings first, and say that you did."))


def said(loss: Loss) -> list[FieldError]:
    """Which drawing would miss something, and what."""
    head = FieldError(
        N_('The process "%(process)s", version %(version)s, needs what this form gives:'),
        {"process": loss.use.name, "version": loss.use.version},
    )
    if not loss.use.is_in_use:
        head = FieldError(N_('The draft of "%(process)s" needs what this form gives:'), {"process": loss.use.name})
    return [head, FieldError(loss.finding.text, loss.finding.params)]


def _taken_names(entry: dict[str, Any]) -> Iterator[linting.Finding]:
    """A draft that came from elsewhere may call a question as the program calls a fact."""
    contract, taken = catalogue.contract_of(entry["name"]), questioning.program_facts()
    for item in entry["fields"]:
        if item["name"] in taken and item["name"] not in contract:
            yield linting.Finding(item["name"], N_("The program has a fact of this name itself."))


def _version_in_force(key: str) -> int:
    return catalogue.load(key).version if key in catalogue.names() else 0


def _publisher(key: str) -> str:
    newest = next(iter(designing.versions(key)), None)
    return drafting.name_of(newest.published_by_id) if newest is not None else ""


def _put_in_force(row: FormDefinition, entry: dict[str, Any], note: str, by: Doer, at: datetime) -> None:
    of_key = select(func.max(FormDefinition.version)).where(FormDefinition.key == row.key)
    row.version = max(db.session.scalar(of_key) or 0, _version_in_force(row.key)) + 1
    row.entry = entry | {"version": row.version}
    row.state, row.note, row.published_by_id, row.published_at = FormState.published.value, note, by.id, at
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:  # two published at the same moment
        raise FormChanged(name="") from error
    designing.record("published", row, by, at, version=row.version, note=note)
    published.forget()
