"""Who reported: hidden by default, shown to those who may, and every showing is on record."""

from datetime import datetime

from engine.access.actors import Actor
from engine.audit import recording
from engine.cases import masking, policy
from engine.cases.models import Case, CaseReporter
from engine.kit.db import db
from engine.kit.errors import NotAllowed


def reveal(case: Case, *, by: Actor, at: datetime) -> CaseReporter | None:
    """The citizen's name and number, with an audit record of who looked. Raises NotAllowed."""
    if not policy.may_reveal_reporter(by):
        raise NotAllowed
    recording.record("reporter.revealed", by=by, at=at, object_kind="case", object_id=case.id)
    return db.session.get(CaseReporter, case.id)


def masked(case: Case) -> CaseReporter | None:
    """The same with the middle left out: 张**, 138****1234. Not attached to the session."""
    row = db.session.get(CaseReporter, case.id)
    if row is None:
        return None
    return CaseReporter(
        case_id=case.id,
        name=masking.name(row.name),
        phone=masking.number(row.phone),
        wants_call_back=row.wants_call_back,
    )
