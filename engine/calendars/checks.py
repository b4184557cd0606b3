"""What is wrong with a plan as a whole: the rules of its single edits, for one that comes from elsewhere."""

from datetime import datetime

from engine.calendars import drafting, seasons
from engine.calendars.errors import YearEmpty
from engine.calendars.hours import check_segments
from engine.calendars.plans import Plan
from engine.kit.errors import Invalid
from engine.kit.i18n import N_


def check(plan: Plan, at: datetime) -> None:
    """Raises Invalid for hours, seasons and days that cannot be; YearTooFar; YearEmpty."""
    if not any(week.season is None for week in plan.weeks):
        raise Invalid.field("segments", N_("A calendar needs some working hours."))
    for number, week in enumerate(plan.weeks):
        seasons.check(week)
        if any(other.season == week.season for other in plan.weeks[:number]):
            raise Invalid.field("season_from", N_("The same season stands there twice."))
        seasons.check_apart(week, plan.weeks[:number])
    for day, planned in plan.days.items():
        drafting.check_year(day.year, at)
        if planned.kind not in drafting.KINDS:
            raise Invalid.field("kind", N_("Please choose a day off or a working day."))
        check_segments(planned.segments)
    for year in plan.published:
        drafting.check_year(year, at)
        if not any(one.kind == "off" for one in plan.of_year(year).values()):
            raise YearEmpty(year=year)
