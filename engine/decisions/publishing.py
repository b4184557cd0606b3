"""Putting a table in force, bringing an earlier one back, and taking it out of force: each with a reason, audited."""

from datetime import datetime

from sqlalchemy import func, select

from engine.decisions import asking, drafting, queries, vocabulary
from engine.decisions.checking import Check
from engine.decisions.content import Content, from_json
from engine.decisions.errors import AlreadyInForce, NoSuchTable, NotInForce, PublishedMeanwhile, TableRefused
from engine.decisions.findings import Finding
from engine.decisions.models import DecisionTable, TableState
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer


def publish(table_id: int, *, revision: int, note: str, has_read: bool, by: Doer, at: datetime) -> DecisionTable:
    """Put a draft in force from now on; what was decided before stays. ``has_read`` says: the warnings were read.

    Raises NoSuchTable, NotADraft, StaleTable, PublishedMeanwhile, TableRefused with what is wrong, Invalid (``note``,
    ``has_read``).
    """
    draft = drafting.changing(table_id, revision)
    before = _locked_active(draft.decision)
    if before is not None and before.id != draft.based_on_id:
        raise PublishedMeanwhile(version=before.version)
    said = _given(note, "note")
    warnings = _check(draft)
    if warnings and not has_read:
        raise Invalid.field("has_read", N_("Please read the warnings first, and say that you did."))
    draft.note = said
    _succeed(before, draft, by, at)
    drafting.record("published", draft, by, at, version=draft.version, note=said, warnings=len(warnings))
    return draft


def restore(table_id: int, *, reason: str, by: Doer, at: datetime) -> DecisionTable:
    """Put an earlier version in force again, as the next version; it is checked anew.

    Raises NoSuchTable, AlreadyInForce, Invalid (``reason``), TableRefused.
    """
    old = queries.get(table_id)
    if old.state not in TableState.published():
        raise NoSuchTable
    copy = _put(old.decision, from_json(old.content), _given(reason, "reason"), by, at, based_on_id=old.id)
    drafting.record("restored", copy, by, at, version=copy.version, restores=old.version, reason=copy.note)
    return copy


def take_over(decision: str, content: Content, *, note: str, by: Doer, at: datetime) -> DecisionTable:
    """Put a table in force that was no draft here, but an archive's.

    Raises NoSuchDecision, AlreadyInForce, TableRefused.
    """
    copy = _put(decision, content.tidied(vocabulary.get(decision)), note, by, at)
    drafting.record("published", copy, by, at, version=copy.version, note=note)
    return copy


def withdraw(table_id: int, *, reason: str, by: Doer, at: datetime) -> DecisionTable:
    """Take a table out of force: from now on it is as if there were none. Raises NoSuchTable, NotInForce, Invalid."""
    queries.get(table_id)
    table = db.session.get_one(DecisionTable, table_id, with_for_update=True, populate_existing=True)
    if table.state != TableState.active:
        raise NotInForce
    table.end_reason = _given(reason, "reason")
    _retire(table, by, at)
    asking.forget()
    drafting.record("withdrawn", table, by, at, version=table.version, reason=table.end_reason)
    return table


def _put(
    decision: str, content: Content, note: str, by: Doer, at: datetime, *, based_on_id: int | None = None
) -> DecisionTable:
    before = _locked_active(decision)
    if before is not None and from_json(before.content) == content:
        raise AlreadyInForce
    copy = DecisionTable(
        decision=decision, state=TableState.retired.value, content=content.as_json(), revision=1,
        based_on_id=based_on_id, note=note, created_by_id=by.id, created_at=at, changed_by_id=by.id, changed_at=at,
    )  # fmt: skip
    _check(copy)
    db.session.add(copy)
    _succeed(before, copy, by, at)
    return copy


def _check(table: DecisionTable) -> list[Finding]:
    """The warnings of a table. Raises TableRefused with its errors."""
    check = Check(from_json(table.content), vocabulary.get(table.decision))
    if check.errors:
        raise TableRefused({"table": [FieldError(one.text, one.params) for one in check.errors]})
    return check.warnings


def _succeed(before: DecisionTable | None, table: DecisionTable, by: Doer, at: datetime) -> None:
    if before is not None:
        _retire(before, by, at)
    last = db.session.scalar(select(func.max(DecisionTable.version)).where(DecisionTable.decision == table.decision))
    table.version, table.state = (last or 0) + 1, TableState.active.value
    table.published_by_id, table.published_at = by.id, at
    db.session.flush()
    asking.forget()


def _retire(table: DecisionTable, by: Doer, at: datetime) -> None:
    table.state, table.ended_by_id, table.ended_at = TableState.retired.value, by.id, at
    db.session.flush()


def _locked_active(decision: str) -> DecisionTable | None:
    """The version in force. Everything of its decision is locked: of two who publish, the second waits."""
    of_decision = select(DecisionTable.id).where(DecisionTable.decision == decision)
    db.session.execute(of_decision.order_by(DecisionTable.id).with_for_update())
    return queries.active(decision)


def _given(said: str, name: str) -> str:
    said = said.strip()
    if not said:
        raise Invalid.field(name, N_("Please say why."))
    if len(said) > drafting.LONGEST_NOTE:
        raise Invalid.field(name, N_("Please use at most %(count)s characters."), count=drafting.LONGEST_NOTE)
    return said
