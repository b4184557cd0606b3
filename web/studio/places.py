"""The strip above the studio's pages: what else an administrator works on in the same place."""

from dataclasses import dataclass

from flask import current_app, request

from engine.kit.i18n import N_
from web import guards, session
from web.studio.door import door


@dataclass(frozen=True)
class Place:
    """One entry: its name, the endpoint it leads to, and how the addresses that belong to it begin."""

    name: str
    endpoint: str
    prefixes: tuple[str, ...]

    @property
    def is_here(self) -> bool:
        """Does the page that is shown now belong to it?"""
        return request.endpoint == self.endpoint or f"{request.path}/".startswith(self.prefixes)


DRAWN = ("/studio/drafts/", "/studio/versions/", "/studio/replays/", "/studio/migrations/")
PLACES = (
    Place(N_("Processes"), "studio.processes", DRAWN),
    Place(N_("Forms"), "studio.forms", ("/studio/forms/",)),
    Place(N_("Decision tables"), "studio.tables", ("/studio/tables/",)),
    Place(N_("Running processes"), "studio.watch", ("/studio/watch/", "/studio/instances/")),
    Place(N_("Reviews"), "studio.reviews", ("/studio/reviews/",)),
    Place(N_("Configuration archives"), "studio.list_archives", ("/studio/archives/",)),
)


def places() -> list[Place]:
    """The places that this person may enter, in the order of the strip."""
    actor, views = session.current_actor(), current_app.view_functions
    return [place for place in PLACES if place.endpoint in views and guards.may_enter(actor, place.endpoint)]


@door.context_processor
def _shared() -> dict[str, object]:
    return {"places": places}
