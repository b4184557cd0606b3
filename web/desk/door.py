"""The blueprint of the desk, and the words that all its pages share."""

from flask import Blueprint

from engine.cases.routing import SOURCES
from web import times
from web.desk import drawing, wording

door = Blueprint("desk", __name__, url_prefix="/desk")
door.add_app_template_filter(times.duration, "duration")


@door.context_processor
def _shared() -> dict[str, object]:
    return {
        "stages": wording.STAGES,
        "lamp_words": wording.LAMPS,
        "sources": SOURCES,
        "results": wording.RESULTS,
        "clocks": wording.CLOCKS,
        "limit_words": wording.limit,
        "step_name": wording.step,
        "drawn_points": drawing.points,
        "text_inside": drawing.inside,
        "text_beside": drawing.beside,
    }
