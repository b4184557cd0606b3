"""Roles: their names, how far they see, and what they may do. Who serves in them stays with the city."""

import re
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate

from engine.access import granting, policy, queries
from engine.access.models import Role
from engine.access.permissions import LABELS, SCOPE_LABELS, Permission, Scope
from engine.kit.errors import Conflict
from engine.kit.i18n import N_
from engine.studio.archive_comparing import Items, Told
from engine.studio.parts.part import Hand, Part, Problem, refusals, shaped

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


class _Role(Schema):
    name = fields.String(required=True, validate=validate.Length(1, 60))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))
    scope = fields.String(required=True, validate=validate.OneOf([one.value for one in Scope]))
    permissions = fields.List(fields.String(validate=validate.OneOf([one.value for one in Permission])), required=True)


def _read() -> dict[str, Any]:
    return {role.code: _item(role) for role in queries.roles()}


def _item(role: Role) -> dict[str, Any]:
    held = sorted(grant.permission for grant in role.grants)
    return {"name": role.name, "name_en": role.name_en, "scope": role.scope, "permissions": held}


def _check(items: Items, at: datetime) -> list[Problem]:  # noqa: ARG001 - as every part's
    return shaped(_Role(), items) or [problem for code, item in items.items() for problem in _problems(code, item)]


def _problems(code: str, item: Any) -> list[Problem]:
    if not _CODE.fullmatch(code):
        return [Problem(code, N_("A code is made of small letters, digits and _; it begins with a letter."))]
    try:
        policy.check_together(item["permissions"])
    except Conflict as refusal:
        return refusals(code, refusal)
    return []


def _put(items: Items, hand: Hand) -> None:
    here = {role.code: role for role in queries.roles()}
    for code, item in items.items():
        names, scope = (item["name"], item["name_en"]), Scope(item["scope"])
        permissions = [Permission(one) for one in item["permissions"]]
        if code in here:
            granting.describe(here[code], *names, scope, by=hand.by, at=hand.at)
            granting.grant(here[code], permissions, by=hand.by, at=hand.at)
        else:
            granting.create(code, *names, scope, permissions, by=hand.by, at=hand.at)


def _tell(item: Any) -> Told:
    told = {"name": item["name"], "name_en": item["name_en"], "scope": item["scope"]}
    return told | dict.fromkeys(item["permissions"], "held")


PART = Part(
    "roles",
    N_("Roles and permissions"),
    read=_read,
    check=_check,
    put=_put,
    tell=_tell,
    title=lambda key, item: f"{item['name']} ({key})",
    words={
        "name": N_("Name"),
        "name_en": N_("English name"),
        "scope": N_("Data scope"),
        "held": N_("may do this"),
        **{one.value: label for one, label in SCOPE_LABELS.items()},
        **{one.value: label for group in LABELS.values() for one, label in group.items()},
    },
    is_ground=True,
    gives_rights=True,
)
