"""The blueprint of the department's pages, and the words that they share."""

from datetime import date, datetime

from flask import Blueprint
from flask_babel import format_date, format_datetime

from web import times
from web.desk import wording

door = Blueprint("department", __name__)
door.add_app_template_filter(times.working_duration, "working_duration")


@door.app_template_filter("weekday")
def weekday(day: date) -> str:
    """The name of a day of the week."""
    return format_date(day, "EEEE")


@door.app_template_filter("clock_time")
def clock_time(moment: datetime) -> str:
    """Hours and minutes on the city's clocks."""
    return format_datetime(moment, "HH:mm")


@door.context_processor
def _shared() -> dict[str, object]:
    return {"stages": wording.STAGES, "step_name": wording.step}
