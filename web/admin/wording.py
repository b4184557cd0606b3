"""What acts and rooms are called where the engine knows only their codes."""

from engine.kit.i18n import N_

ACTS = {
    "session.begun": N_("signed in"),
    "session.ended": N_("signed out"),
    "session.refused": N_("sign-in refused"),
    "session.locked": N_("account locked after failures"),
    "user.hired": N_("account opened"),
    "user.changed": N_("person corrected"),
    "user.left": N_("closed the account"),
    "user.came_back": N_("account opened again"),
    "user.posts_changed": N_("posts changed"),
    "user.password_changed": N_("own password changed"),
    "user.password_reset": N_("password set by administrator"),
    "department.founded": N_("department founded"),
    "department.changed": N_("department corrected"),
    "department.moved": N_("department moved"),
    "department.merged": N_("department merged"),
    "role.created": N_("role created"),
    "role.permissions_changed": N_("permissions of a role changed"),
    "setting.changed": N_("setting changed"),
    "ladder.changed": N_("escalation ladder changed"),
    "catalog.load_builtin": N_("delivered catalogue loaded"),
    "catalog.import": N_("catalogue imported"),
    "catalog.add_condition": N_("filing condition added"),
    "catalog.change_category": N_("category changed"),
    "catalog.change_filing_condition": N_("filing condition changed"),
    "calendar.exception_set": N_("calendar exception entered"),
    "calendar.exception_removed": N_("calendar exception removed"),
    "calendar.hours_set": N_("weekly hours changed"),
    "calendar.year_published": N_("calendar year published"),
    "dispatch_rules.add": N_("rule added"),
    "dispatch_rules.revise": N_("rule changed"),
    "process.published": N_("process published"),
    "incident.retried": N_("incident tried again"),
    "incident.resolved": N_("incident settled"),
    "simulation.build_city": N_("fictional city built"),
    "reporter.revealed": N_("reporter's data shown"),
    "cases.exported": N_("list of cases exported"),
}

ROOMS = {
    "access": N_("Access"),
    "attachments": N_("Attachments"),
    "calendars": N_("Calendars"),
    "cases": N_("Cases"),
    "catalog": N_("Catalogue"),
    "deadlines": N_("Time limits"),
    "dispatch_rules": N_("Authority list"),
    "evaluation": N_("Assessment"),
    "forms": N_("Forms"),
    "grids": N_("Grids"),
    "notifications": N_("Notifications"),
    "process": N_("Processes"),
    "session": N_("Signing in"),
    "simulation": N_("Simulation"),
}

CLOCKS = {
    "handling": N_("Handling"),
    "rework": N_("Rework"),
    "reply": N_("Answer to a supervision order"),
    "acceptance": N_("Acceptance"),
    "confirmation": N_("Confirmation on site"),
    "filing": N_("Filing"),
    "urgent_filing": N_("Late filing"),
    "dispatching": N_("Dispatching"),
    "signing": N_("Signing"),
    "return_review": N_("Review of the return"),
    "arbitration": N_("Arbitration"),
    "feedback_review": N_("Review of the feedback"),
    "verification": N_("Verification on site"),
    "closure": N_("Closure"),
    "call_back": N_("Call back"),
    "receipt": N_("Receipt of the transfer"),
    "*": N_("Every other time limit"),
}
UNITS = {
    "working_hours": N_("working hours"),
    "working_days": N_("working days"),
    "urgent_hours": N_("hours on the clock"),
    "calendar_days": N_("calendar days"),
}
BASES = {"amber": N_("after it turns amber"), "due": N_("after it is due")}
RUNG_ACTIONS = {"urge": N_("urge"), "order": N_("supervision order"), "tell": N_("tell")}
"""What a rung does, as an administrator chooses it."""
