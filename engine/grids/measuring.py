"""Areas on the ground of outlines in degrees."""

from math import cos, radians
from typing import Any

from engine.grids.coordinates import METRES_PER_DEGREE


def area_m2(outline: Any) -> float:
    """Square metres of a shapely polygon in degrees. Good to 0.5 % for anything as small as a district."""
    shrink = cos(radians(outline.centroid.y))
    return float(outline.area) * METRES_PER_DEGREE**2 * shrink
