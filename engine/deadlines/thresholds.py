"""When lamps turn amber, as the city has set it (process.md §5.6 and §9)."""

from engine.deadlines.course import AmberRule
from engine.kit.i18n import N_
from engine.settings import values
from engine.settings.declarations import Setting

AMBER_SHARE = Setting(
    "deadlines.amber_share",
    float,
    0.75,
    N_("Share of the time limit after which a case is due soon"),
    least=0.5,
    most=1,
)
AMBER_WORKING_HOURS = Setting(
    "deadlines.amber_working_hours", float, 1.0, N_("Working hours left at which a case is due soon"), least=0, most=40
)
AMBER_URGENT_MINUTES = Setting(
    "deadlines.amber_urgent_minutes", int, 30, N_("Minutes left at which an urgent case is due soon"), least=0, most=600
)


def amber_rule() -> AmberRule:
    """The rule in force; costs no statement."""
    return AmberRule(
        share=values.get(AMBER_SHARE),
        working_hours_left=values.get(AMBER_WORKING_HOURS),
        urgent_minutes_left=values.get(AMBER_URGENT_MINUTES),
    )
