"""The photos and documents of a case, put side by side by what they are to show."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.attachments import queries
from engine.attachments.models import Attachment
from engine.cases.models import Case
from engine.grids.coordinates import distance_m
from web.desk import wording


@dataclass(frozen=True)
class Photo:
    """A photo, and how many metres from the case's place its camera says it was; None where it does not say."""

    file: Attachment
    metres: float | None


@dataclass(frozen=True)
class Evidence:
    """All files of a case. ``phases`` holds name and photos, in the order of a case's life; empty ones are left out."""

    phases: list[tuple[str, list[Photo]]]
    documents: list[Attachment]


def of(case: Case) -> Evidence:
    """Every file of a case: one statement."""
    files = queries.of("case", case.id)
    photos = [file for file in files if file.is_photo and file.phase in wording.PHASES]
    phases = [(name, _of_phase(case, photos, phase)) for phase, name in wording.PHASES.items()]
    return Evidence([(name, found) for name, found in phases if found], [file for file in files if file not in photos])


def _of_phase(case: Case, photos: Sequence[Attachment], phase: str) -> list[Photo]:
    return [Photo(photo, _metres(case, photo)) for photo in photos if photo.phase == phase]


def _metres(case: Case, photo: Attachment) -> float | None:
    if None in (case.lng, case.lat, photo.lng, photo.lat):
        return None
    return distance_m(case.lng or 0.0, case.lat or 0.0, photo.lng or 0.0, photo.lat or 0.0)
