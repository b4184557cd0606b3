"""The table of the audit log. It is only ever added to: the session refuses to change or delete a record."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, ORMExecuteState, Session, mapped_column

from engine.audit.errors import RecordIsFinal
from engine.kit.db import BigId, Model


class AuditRecord(Model):
    """One act: who, when, what, to which object, from where. Its person's name is kept as it was then."""

    __tablename__ = "audit_record"
    __table_args__ = (
        Index("ix_audit_record_object", "object_kind", "object_id", "at"),
        Index("ix_audit_record_user_at", "user_id", "at"),
        Index("ix_audit_record_action_at", "action", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """None where the program itself acted, or nobody was signed in."""
    user_name: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(60))
    """"room.act": user.hired, role.permissions_changed, session.refused …"""
    object_kind: Mapped[str | None] = mapped_column(String(40))
    object_id: Mapped[str | None] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    address: Mapped[str | None] = mapped_column(String(45))
    """Network address (IPv4 or IPv6) that the request came from."""


@event.listens_for(AuditRecord, "before_update")
@event.listens_for(AuditRecord, "before_delete")
def _refuse(_mapper: Mapper[AuditRecord], _connection: Connection, _record: AuditRecord) -> None:
    raise RecordIsFinal


@event.listens_for(Session, "do_orm_execute")
def _refuse_in_bulk(state: ORMExecuteState) -> None:
    """``update(AuditRecord)`` and ``delete(AuditRecord)`` load no rows, so the two listeners above never see them."""
    if (state.is_update or state.is_delete) and state.bind_mapper is AuditRecord.__mapper__:
        raise RecordIsFinal
