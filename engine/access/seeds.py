"""The roles that every city starts with (process.md §2). Afterwards they are data: an administrator may change them."""

from dataclasses import dataclass

from sqlalchemy import select

from engine.access.models import Role, RolePermission
from engine.access.permissions import Permission, Scope
from engine.kit.db import db

P = Permission


@dataclass(frozen=True)
class RoleSeed:
    """A role as it is delivered."""

    code: str
    name: str
    name_en: str
    scope: Scope
    permissions: tuple[Permission, ...]


ROLES = (
    RoleSeed(
        "collector",
        "信息采集员",
        "Collector",
        Scope.grid,
        (P.case_report, P.case_confirm, P.case_verify, P.case_comment),
    ),
    RoleSeed(
        "call_taker",
        "接线员",
        "Call taker",
        Scope.city,
        (P.case_report, P.case_register, P.case_call_back, P.case_comment, P.reporter_reveal),
    ),
    RoleSeed(
        "acceptor",
        "受理员",
        "Acceptor",
        Scope.city,
        (
            P.case_report,
            P.case_register,
            P.case_accept,
            P.case_decide_adjustment,
            P.case_comment,
            P.reporter_reveal,
        ),
    ),
    RoleSeed(
        "duty_officer",
        "值班长",
        "Duty officer",
        Scope.city,
        (
            P.case_report,
            P.case_approve_filing,
            P.case_close,
            P.case_decide_adjustment,
            P.case_void,
            P.case_reopen,
            P.case_comment,
            P.case_export,
            P.reporter_reveal,
            P.evaluation_read,
        ),
    ),
    RoleSeed(
        "dispatcher",
        "派遣员",
        "Dispatcher",
        Scope.city,
        (
            P.case_dispatch,
            P.case_review_feedback,
            P.case_decide_adjustment,
            P.case_lift_suspension,
            P.case_comment,
            P.case_export,
        ),
    ),
    RoleSeed(
        "director",
        "指挥长",
        "Director",
        Scope.city,
        (
            P.case_arbitrate,
            P.case_decide_adjustment,
            P.case_comment,
            P.case_export,
            P.evaluation_read,
            P.supervision_read,
            P.process_review,
            P.configuration_review,
        ),
    ),
    RoleSeed(
        "handling_clerk",
        "部门经办员",
        "Handling clerk",
        Scope.department,
        (
            P.case_sign,
            P.case_assign,
            P.case_give_feedback,
            P.case_adjust,
            P.case_appeal,
            P.case_lift_suspension,
            P.case_comment,
            P.case_export,
            P.order_reply,
        ),
    ),
    RoleSeed("handler", "处置人员", "Handler", Scope.department, (P.case_handle, P.case_comment)),
    RoleSeed(
        "department_head",
        "部门负责人",
        "Department head",
        Scope.department,
        (
            P.case_appeal,
            P.case_decide_adjustment,
            P.case_comment,
            P.case_export,
            P.evaluation_read,
            P.department_lead,
            P.order_reply,
            P.supervision_read,
        ),
    ),
    RoleSeed(
        "supervisor",
        "督查员",
        "Supervisor",
        Scope.city,
        (P.case_comment, P.case_export, P.evaluation_read, P.case_supervise, P.supervision_read),
    ),
    RoleSeed(
        "evaluator",
        "考评员",
        "Evaluator",
        Scope.city,
        (P.case_export, P.evaluation_read, P.evaluation_publish, P.statistics_manage),
    ),
    RoleSeed("leader", "领导", "Leader", Scope.city, (P.case_comment, P.evaluation_read, P.supervision_read)),
    # Three persons (三员分立): the first runs the house, the second gives rights, the third reads what both did.
    RoleSeed(
        "system_administrator",
        "系统管理员",
        "System administrator",
        Scope.own,
        (
            P.organization_manage,
            P.catalog_manage,
            P.calendar_manage,
            P.dispatch_rules_manage,
            P.decision_manage,
            P.settings_manage,
            P.statistics_manage,
            P.process_manage,
            P.process_suspend,
            P.process_migrate,
            P.process_watch,
            P.incident_manage,
            P.incident_skip,
            P.process_relocate,
            P.process_end_branch,
            P.process_cancel,
            P.process_retime,
            P.configuration_carry,
            P.import_reports,
        ),
    ),
    RoleSeed(
        "security_administrator",
        "安全管理员",
        "Security administrator",
        Scope.own,
        (P.access_manage, P.configuration_review),
    ),
    RoleSeed("audit_administrator", "审计管理员", "Audit administrator", Scope.own, (P.audit_read,)),
)


def ensure_roles() -> dict[str, Role]:
    """Create the roles that are missing, by code; those that exist stay as the city has changed them.

    Returns every delivered role by its code.
    """
    found = {role.code: role for role in db.session.scalars(select(Role))}
    for seed in ROLES:
        if seed.code not in found:
            found[seed.code] = _create(seed)
    db.session.flush()
    return {seed.code: found[seed.code] for seed in ROLES}


def _create(seed: RoleSeed) -> Role:
    grants = [RolePermission(permission=permission.value) for permission in seed.permissions]
    role = Role(code=seed.code, name=seed.name, name_en=seed.name_en, scope=seed.scope.value, grants=grants)
    db.session.add(role)
    return role
