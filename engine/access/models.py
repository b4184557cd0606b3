"""Tables of roles, of who stands in for whom, and of feeds that are read without signing in."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kit.db import BigId, Model
from engine.organization.models import User


class Role(Model):
    """A role: a name, a data scope, and the lane of the drawings that it serves. Roles are data."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """Also the lane code that BPMN lanes name."""
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(String(20))

    grants: Mapped[list["RolePermission"]] = relationship(cascade="all, delete-orphan")


class RolePermission(Model):
    """One permission that a role holds."""

    __tablename__ = "role_permission"

    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(60), primary_key=True)


class Delegation(Model):
    """Somebody is away, and a colleague stands in (代理), from ``starts_at`` to ``ends_at`` or revocation."""

    __tablename__ = "delegation"
    __table_args__ = (Index("ix_delegation_to_ends", "to_user_id", "ends_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    from_user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    to_user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """Not included."""
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    giver: Mapped[User] = relationship(foreign_keys=[from_user_id])
    stand_in: Mapped[User] = relationship(foreign_keys=[to_user_id])


class Feed(Model):
    """A calendar feed at a secret address. Only the token's hash is kept: a stolen copy of the table opens nothing."""

    __tablename__ = "feed"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 in hexadecimal of 32 random bytes: nothing that could be guessed."""
    is_of_department: Mapped[bool]
    """The steps of the departments that its owner leads, instead of his own."""
    created_at: Mapped[datetime]
