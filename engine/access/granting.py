"""Making roles, and changing what a role may do."""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from engine.access import policy, queries
from engine.access.actors import Actor
from engine.access.errors import OwnRole
from engine.access.models import Role, RolePermission
from engine.access.permissions import Permission, Scope
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.signals import announce

CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")


def create(
    code: str, name: str, name_en: str, scope: Scope, permissions: Iterable[Permission], *, by: Actor, at: datetime
) -> Role:
    """A role of the city's own.

    Raises Invalid for ``code`` (taken, or not written as lanes of drawings name roles), DutiesMustBeApart,
    AdministratorsTakeNoPart.
    """
    if not CODE.fullmatch(code):
        raise Invalid.field("code", N_("A code begins with a small letter; small letters, digits and _ follow."))
    if db.session.scalar(select(Role.id).where(Role.code == code)):
        raise Invalid.field("code", N_("The code %(code)s is taken."), code=code)
    wanted = sorted({one.value for one in permissions})
    policy.check_together(wanted)
    role = Role(code=code, name=name, name_en=name_en, scope=scope.value, grants=_grants(wanted))
    db.session.add(role)
    db.session.flush()
    announce(
        "role.created",
        by=by,
        at=at,
        object_kind="role",
        object_id=role.id,
        detail={"code": code, "permissions": wanted},
    )
    return role


def describe(role: Role, name: str, name_en: str, scope: Scope, *, by: Actor, at: datetime) -> None:
    """Call a role otherwise, or let it see as far as ``scope`` from now on. Raises OwnRole."""
    before, after = (role.name, role.name_en, role.scope), (name, name_en, scope.value)
    if before == after:
        return
    if role.code in by.roles:
        raise OwnRole
    role.name, role.name_en, role.scope = after
    db.session.flush()
    announce("role.described", by=by, at=at, object_kind="role", object_id=role.id,
             detail={"before": before, "after": after})  # fmt: skip


def rename(role: Role, name: str, name_en: str, *, by: Actor, at: datetime) -> None:
    """Call a role something else; its code, which drawings name, stays. Raises OwnRole."""
    if role.code in by.roles:
        raise OwnRole
    before, after = [role.name, role.name_en], [name, name_en]
    if before == after:
        return
    role.name, role.name_en = name, name_en
    db.session.flush()
    detail = {"before": before, "after": after}
    announce("role.renamed", by=by, at=at, object_kind="role", object_id=role.id, detail=detail)


def grant(role: Role, permissions: Iterable[Permission], *, by: Actor, at: datetime) -> None:
    """Let a role do exactly this from now on. Sessions notice at their next request.

    Raises OwnRole; DutiesMustBeApart or AdministratorsTakeNoPart where the role, or somebody who holds it beside
    another one, would unite what must be apart.
    """
    if role.code in by.roles:
        raise OwnRole
    before = {one.permission for one in role.grants}
    after = {one.value for one in permissions}
    if before == after:
        return
    policy.check_together(after)
    role.grants = [one for one in role.grants if one.permission in after] + _grants(sorted(after - before))
    db.session.flush()
    for user_id in queries.holders_of(role):
        policy.check_together(queries.permissions_of(user_id))
    announce(
        "role.permissions_changed",
        by=by,
        at=at,
        object_kind="role",
        object_id=role.id,
        detail={"given": sorted(after - before), "taken": sorted(before - after)},
    )


def _grants(permissions: Iterable[str]) -> list[RolePermission]:
    return [RolePermission(permission=one) for one in permissions]
