"""Confirmation on site may move a case; where it was stays on record."""

import pytest
from sqlalchemy import select

from engine.cases.models import Source
from engine.grids import locating
from engine.grids.models import UnitGrid
from engine.kit.db import db
from engine.kit.errors import Invalid
from tests.engine.cases.test_acceptance import detail
from tests.stories import Story


@pytest.fixture
def story(city):
    return Story(city).report("sun", source=Source.hotline, photos=()).do("li", "confirmation_request")


def elsewhere(city):
    """A point in another unit grid than the city's spot."""
    here = locating.locate(*city.spot)
    for grid in db.session.scalars(select(UnitGrid).order_by(UnitGrid.code.desc())):
        ring = grid.geometry["coordinates"][0][:-1]
        point = (sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring))
        found = locating.locate(*point)
        if found is not None and found.unit_grid_id != here.unit_grid_id:
            return point, found
    raise LookupError


def test_a_better_point_moves_the_case_into_its_grid_and_keeps_the_old_one(city, story):
    before, (point, found) = city.spot, elsewhere(city)
    story.do("chen", "confirmation", result="true", point=point)
    case = story.case
    assert (case.lng, case.lat, case.unit_grid_id) == (*point, found.unit_grid_id)
    assert (case.responsibility_grid_id, case.region_code) == (found.responsibility_grid_id, found.region_code)
    assert case.area_class == found.area_class
    assert detail(story, "confirmation")["point_before"] == f"{before[0]:.6f}, {before[1]:.6f}"


def test_the_same_point_is_no_change(city, story):
    story.do("chen", "confirmation", result="true", point=city.spot)
    assert "point_before" not in detail(story, "confirmation")


def test_a_point_outside_the_city_is_refused(story):
    with pytest.raises(Invalid):
        story.do("chen", "confirmation", result="true", point=(0.0, 0.0))
    db.session.rollback()
    assert story.case.confirmation_result is None
