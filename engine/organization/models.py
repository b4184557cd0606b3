"""Tables of departments, posts and users."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kit.db import BigId, Model


class Department(Model):
    """A department, office, street or enterprise. ``path`` is "/1/4/": the ids from the root to this one."""

    __tablename__ = "department"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    short_name: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(20))
    """center (监督/指挥中心), municipal (市级部门), district (区县), street (街道), enterprise (企业)."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), index=True)
    region_code: Mapped[str | None] = mapped_column(String(12), index=True)
    """GB/T 2260 code of the district or street that it serves; None serves the whole city."""
    credit_code: Mapped[str | None] = mapped_column(String(18))
    """Unified social credit code (GB 32100), where it has one."""
    phone: Mapped[str | None] = mapped_column(String(40))
    is_active: Mapped[bool] = mapped_column(default=True)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    """Who took over when it was merged away; its history stays its own."""
    legacy_code: Mapped[str | None] = mapped_column(String(60), index=True)
    """Its name in an imported legacy system."""

    parent: Mapped["Department | None"] = relationship(foreign_keys=[parent_id], remote_side=[id])


class User(Model):
    """A person who signs in."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    pinyin: Mapped[str] = mapped_column(String(120), default="")
    """Full pinyin and initials, for finding a person by typing: "wangfang wf"."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(120))
    locale: Mapped[str] = mapped_column(String(12), default="zh_Hans_CN")
    is_active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Counted up when a person signs out, a password changes or an account is closed: older sessions end."""
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    last_sign_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    posts: Mapped[list["Post"]] = relationship(back_populates="user", cascade="all, delete-orphan")


class Post(Model):
    """A person serving in a role at a department, and, for a collector, on a responsibility grid (责任网格)."""

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("user_id", "department_id", "role_id", "responsibility_grid_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), index=True)
    responsibility_grid_id: Mapped[int | None] = mapped_column(ForeignKey("responsibility_grid.id"), index=True)

    user: Mapped[User] = relationship(back_populates="posts")
    department: Mapped[Department] = relationship()
