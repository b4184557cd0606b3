"""Tables of roles."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kit.db import BigId, Model


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
