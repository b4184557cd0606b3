import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.grids.coordinates import (
    Crs,
    bd09_to_gcj02,
    box_around,
    distance_m,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    in_china,
    to_cgcs2000,
    wgs84_to_gcj02,
)

in_land = st.tuples(st.floats(80, 130), st.floats(20, 50))


@pytest.mark.parametrize(
    ("wgs", "gcj", "metres"),
    [
        ((116.391349, 39.907375), (116.397590, 39.908776), 555),
        ((120.583319, 31.342002), (120.587502, 31.339834), 464),
    ],
)
def test_the_check_points_of_the_reference(wgs, gcj, metres):
    """codes.md §8."""
    assert wgs84_to_gcj02(*wgs) == pytest.approx(gcj, abs=1e-6)
    assert distance_m(*wgs, *gcj) == pytest.approx(metres, abs=2)


@given(in_land)
def test_gcj02_goes_back_to_where_it_came_from(point):
    assert gcj02_to_wgs84(*wgs84_to_gcj02(*point)) == pytest.approx(point, abs=1e-8)


@given(in_land)
def test_bd09_goes_back_within_a_metre(point):
    back = bd09_to_gcj02(*gcj02_to_bd09(*point))
    assert distance_m(*back, *point) < 2


def test_abroad_nothing_is_shifted():
    assert wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)


def test_what_a_device_says_becomes_cgcs2000():
    point = (116.391349, 39.907375)
    shifted = wgs84_to_gcj02(*point)
    assert to_cgcs2000(*point, Crs.wgs84) == point
    assert to_cgcs2000(*shifted, Crs.gcj02) == pytest.approx(point, abs=1e-8)
    assert distance_m(*to_cgcs2000(*gcj02_to_bd09(*shifted), Crs.bd09), *point) < 2


def test_swapped_axes_and_metres_are_told_from_degrees():
    assert in_china(106.2, 38.5)
    assert not in_china(38.5, 106.2)
    assert not in_china(4_255_000, 36_500_000)


@given(in_land, st.floats(1, 5000))
def test_a_box_reaches_as_far_as_its_radius(point, radius):
    _, _, east, north = box_around(*point, radius)
    assert distance_m(*point, point[0], north) == pytest.approx(radius, rel=1e-3)
    assert distance_m(*point, east, point[1]) == pytest.approx(radius, rel=1e-2)
