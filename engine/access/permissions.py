"""Every permission of the program, in one list. Roles (rows) hold them; code asks for permissions, never for roles."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing that a person may be allowed to do."""

    # the case
    case_report = "case.report"
    case_register = "case.register"  # take down a citizen's call
    case_accept = "case.accept"
    case_confirm = "case.confirm"
    case_approve_filing = "case.approve_filing"
    case_dispatch = "case.dispatch"
    case_arbitrate = "case.arbitrate"
    case_sign = "case.sign"
    case_assign = "case.assign"
    case_handle = "case.handle"
    case_give_feedback = "case.give_feedback"
    case_review_feedback = "case.review_feedback"
    case_verify = "case.verify"
    case_close = "case.close"
    case_void = "case.void"
    case_reopen = "case.reopen"
    case_call_back = "case.call_back"
    case_comment = "case.comment"
    case_export = "case.export"
    reporter_reveal = "reporter.reveal"
    # the month
    evaluation_read = "evaluation.read"
    evaluation_publish = "evaluation.publish"
    # the house
    organization_manage = "organization.manage"  # system administrator
    catalog_manage = "catalog.manage"
    calendar_manage = "calendar.manage"
    dispatch_rules_manage = "dispatch_rules.manage"
    settings_manage = "settings.manage"
    process_manage = "process.manage"
    incident_manage = "incident.manage"
    import_reports = "import.reports"
    access_manage = "access.manage"  # security administrator
    audit_read = "audit.read"  # audit administrator


class Scope(StrEnum):
    """How far a role sees (data scope)."""

    city = "city"
    department = "department"  # its department and those below
    grid = "grid"  # its responsibility grid
    own = "own"  # what the person reported or has in hand
