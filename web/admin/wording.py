"""What acts and rooms are called where the engine knows only their codes."""

from engine.kit.i18n import N_
from web.desk import wording as desk

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
    "delegation.given": N_("delegation given"),
    "delegation.ended": N_("delegation ended early"),
    "feed.opened": N_("calendar feed opened"),
    "feed.closed": N_("calendar feed closed"),
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
    "calendar.created": N_("calendar created"),
    "calendar.draft_day": N_("day of a calendar drafted"),
    "calendar.draft_hours": N_("hours of a calendar drafted"),
    "calendar.draft_season_removed": N_("season taken out of a draft"),
    "calendar.draft_year_published": N_("publication of a year drafted"),
    "calendar.draft_year_removed": N_("removal of a year drafted"),
    "calendar.draft_year_imported": N_("year imported into a draft"),
    "calendar.draft_discarded": N_("draft of a calendar discarded"),
    "calendar.applied": N_("draft of a calendar applied"),
    "calendar.recalculated": N_("open time limits reckoned again"),
    "calendar.recalculation_cancelled": N_("recalculation cancelled"),
    "calendar.recalculation_continued": N_("recalculation continued"),
    "dispatch_rules.add": N_("rule added"),
    "dispatch_rules.revise": N_("rule changed"),
    "dispatch_rules.confirm": N_("ownership confirmed"),
    "dispatch_rules.end_ownership": N_("confirmed ownership ended"),
    "process.published": N_("process published"),
    "incident.retried": N_("incident tried again"),
    "incident.resolved": N_("incident settled"),
    "simulation.build_city": N_("fictional city built"),
    "reporter.revealed": N_("reporter's data shown"),
    "cases.exported": N_("list of cases exported"),
    "components.import": N_("components imported"),
    "components.register": N_("component registered"),
    "components.change_state": N_("state of a component changed"),
    "delivery.repeated": N_("messages sent again"),
    "monthly_assessment.published": N_("month published"),
    "notice.repeated": N_("readers of announcements looked for again"),
}

OBJECTS = {
    "calendar": N_("Calendar"),
    "case": N_("Case"),
    "catalog": N_("Catalogue"),
    "category": N_("Category"),
    "component": N_("Component"),
    "components": N_("Components"),
    "confirmed_ownership": N_("Confirmed ownership"),
    "delivery": N_("Delivery"),
    "department": N_("Department"),
    "dispatch_rule": N_("Rule"),
    "filing_condition": N_("Filing condition"),
    "grids": N_("Grids"),
    "incident": N_("Incident"),
    "ladder": N_("Escalation"),
    "monthly_assessment": N_("Assessment"),
    "notice": N_("Announcement"),
    "process": N_("Process"),
    "role": N_("Role"),
    "setting": N_("Setting"),
    "user": N_("Person"),
}
"""What an act was done to."""

CODE_SYSTEMS = {
    "GBT30428.2-2013": "GB/T 30428.2-2013",
    "GBT47678.5-2026": "GB/T 47678.5-2026",
}
"""The national ones, as standards are written everywhere; a city's own is called by its code."""

ROOMS = {
    "access": N_("Access"),
    "assessment": N_("Assessment by e-mail"),
    "attachments": N_("Attachments"),
    "calendars": N_("Calendars"),
    "cases": N_("Cases"),
    "catalog": N_("Catalogue"),
    "deadlines": N_("Time limits"),
    "dispatch_rules": N_("Authority list"),
    "evaluation": N_("Assessment"),
    "exports": N_("Exports"),
    "forms": N_("Forms"),
    "grids": N_("Grids"),
    "messages": N_("Messages"),
    "notifications": N_("Notifications"),
    "process": N_("Processes"),
    "session": N_("Signing in"),
    "simulation": N_("Simulation"),
    "supervision": N_("Supervision"),
}

CLOCKS = desk.CLOCKS | {"reply": N_("Answer to a supervision order"), "*": N_("Every other time limit")}
UNITS = {
    "working_hours": N_("working hours"),
    "working_days": N_("working days"),
    "urgent_hours": N_("hours on the clock"),
    "calendar_days": N_("calendar days"),
}
BASES = {"amber": N_("after it turns amber"), "due": N_("after it is due")}
RUNG_ACTIONS = {"urge": N_("urge"), "order": N_("supervision order"), "tell": N_("tell")}
"""What a rung does, as an administrator chooses it."""
