"""Every permission of the program, in one list. Roles (rows) hold them; code asks for permissions, never for roles."""

from enum import StrEnum

from engine.kit.i18n import N_


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
    case_adjust = "case.adjust"  # ask for an extension, a suspension
    case_appeal = "case.appeal"
    case_decide_adjustment = "case.decide_adjustment"
    case_lift_suspension = "case.lift_suspension"
    case_void = "case.void"
    case_reopen = "case.reopen"
    case_call_back = "case.call_back"
    case_comment = "case.comment"
    case_export = "case.export"
    case_supervise = "case.supervise"  # urge, order, watch
    supervision_read = "supervision.read"  # the board, its queues, the wall screen
    order_reply = "order.reply"  # answer a supervision order
    department_lead = "department.lead"  # see the load of its people, give steps to them
    reporter_reveal = "reporter.reveal"
    # the month
    evaluation_read = "evaluation.read"
    evaluation_publish = "evaluation.publish"
    statistics_manage = "statistics.manage"  # define the city's own tables
    # the house
    organization_manage = "organization.manage"  # system administrator
    catalog_manage = "catalog.manage"
    calendar_manage = "calendar.manage"
    dispatch_rules_manage = "dispatch_rules.manage"
    decision_manage = "decision.manage"
    settings_manage = "settings.manage"
    process_manage = "process.manage"  # draw
    process_review = "process.review"  # agree to what another has drawn, and so publish it
    process_suspend = "process.suspend"  # suspend a version, bring an earlier one back
    process_migrate = "process.migrate"  # move running cases to another version
    process_watch = "process.watch"  # see where running cases are, and how long they take
    incident_manage = "incident.manage"  # try failed work again, settle it by hand
    incident_skip = "incident.skip"  # go on as if the failed work had been done
    process_relocate = "process.relocate"  # put a running case on another step
    process_end_branch = "process.end_branch"  # take one of several branches off
    process_cancel = "process.cancel"  # end a case's process for good: the case is void
    process_retime = "process.retime"  # change when a timer fires
    configuration_carry = "configuration.carry"  # export the configuration, bring an archive of one in
    configuration_review = "configuration.review"  # agree to an archive that another has brought in
    import_reports = "import.reports"
    access_manage = "access.manage"  # security administrator
    audit_read = "audit.read"  # audit administrator


class Scope(StrEnum):
    """How far a role sees (data scope)."""

    city = "city"
    department = "department"  # its department and those below
    grid = "grid"  # its responsibility grid
    own = "own"  # what the person reported or has in hand


LABELS: dict[str, dict[Permission, str]] = {
    N_("Cases"): {
        Permission.case_report: N_("Report problems"),
        Permission.case_register: N_("Register citizens' calls"),
        Permission.case_accept: N_("Accept reports"),
        Permission.case_confirm: N_("Confirm on site"),
        Permission.case_approve_filing: N_("Approve filing"),
        Permission.case_dispatch: N_("Dispatch"),
        Permission.case_arbitrate: N_("Arbitrate responsibility"),
        Permission.case_sign: N_("Sign for cases"),
        Permission.case_assign: N_("Assign inside the department"),
        Permission.case_handle: N_("Handle"),
        Permission.case_give_feedback: N_("Give feedback"),
        Permission.case_review_feedback: N_("Review feedback"),
        Permission.case_verify: N_("Verify on site"),
        Permission.case_close: N_("Close cases"),
        Permission.case_adjust: N_("Ask for extensions and suspensions"),
        Permission.case_appeal: N_("Appeal against being judged late"),
        Permission.case_decide_adjustment: N_("Decide on extensions, suspensions and appeals"),
        Permission.case_lift_suspension: N_("Lift suspensions"),
        Permission.case_void: N_("Void cases"),
        Permission.case_reopen: N_("Reopen cases"),
        Permission.case_call_back: N_("Call citizens back"),
        Permission.case_comment: N_("Comment"),
        Permission.case_export: N_("Export lists"),
        Permission.case_supervise: N_("Supervise: urge, order, watch key cases"),
        Permission.supervision_read: N_("See the supervisors' board"),
        Permission.order_reply: N_("Answer supervision orders"),
        Permission.department_lead: N_("Lead a department: its load, who has what"),
        Permission.reporter_reveal: N_("Show who reported"),
    },
    N_("Assessment"): {
        Permission.evaluation_read: N_("Read assessments"),
        Permission.evaluation_publish: N_("Publish assessments"),
        Permission.statistics_manage: N_("Define statistics"),
    },
    N_("Administration"): {
        Permission.organization_manage: N_("Administer people and departments"),
        Permission.catalog_manage: N_("Administer the catalogue"),
        Permission.calendar_manage: N_("Administer calendars"),
        Permission.dispatch_rules_manage: N_("Administer the authority list"),
        Permission.decision_manage: N_("Administer decision tables"),
        Permission.settings_manage: N_("Change settings"),
        Permission.process_manage: N_("Draw processes"),
        Permission.process_review: N_("Review processes that others have drawn, and publish them"),
        Permission.process_suspend: N_("Suspend a version of a process, bring an earlier one back"),
        Permission.process_migrate: N_("Move running cases to another version of their process"),
        Permission.process_watch: N_("Watch running processes"),
        Permission.incident_manage: N_("Resolve incidents"),
        Permission.incident_skip: N_("Skip failed work, so that the case goes on without it"),
        Permission.process_relocate: N_("Move a running case to another step of its process"),
        Permission.process_end_branch: N_("End one of several open branches of a case"),
        Permission.process_cancel: N_("End the process of a case for good, so that the case is void"),
        Permission.process_retime: N_("Change when a timer fires"),
        Permission.configuration_carry: N_("Export the configuration, bring archives of it in"),
        Permission.configuration_review: N_("Review archives of a configuration, and put them in force"),
        Permission.import_reports: N_("Read import reports"),
        Permission.access_manage: N_("Give rights"),
        Permission.audit_read: N_("Read the audit log"),
    },
}
"""What each permission is called, in groups, as the matrix of roles shows them."""

SCOPE_LABELS = {
    Scope.city: N_("Whole city"),
    Scope.department: N_("Department and below"),
    Scope.grid: N_("Responsibility grid"),
    Scope.own: N_("Own only"),
}
