"""Coordinate systems. Stored is CGCS2000; GCJ-02 and BD-09 exist for other people's maps and phones only (codes.md §8).

Degrees everywhere, longitude first. WGS-84 and CGCS2000 differ by decimetres at most and are treated as the same.
"""

from enum import StrEnum
from math import asin, atan2, cos, pi, radians, sin, sqrt

AXIS = 6378245.0
"""Semi-major axis of the Krassovsky ellipsoid in metres, which GCJ-02 uses."""
ECCENTRICITY2 = 0.00669342162296594323
EARTH_RADIUS_M = 6_371_008.8
METRES_PER_DEGREE = EARTH_RADIUS_M * pi / 180
BAIDU = pi * 3000 / 180

Point = tuple[float, float]


class Crs(StrEnum):
    """What a device says its coordinates are."""

    cgcs2000 = "cgcs2000"
    wgs84 = "wgs84"
    gcj02 = "gcj02"
    bd09 = "bd09"


def to_cgcs2000(lng: float, lat: float, crs: Crs | str) -> Point:
    """A reported point as it is stored."""
    if crs == Crs.gcj02:
        return gcj02_to_wgs84(lng, lat)
    if crs == Crs.bd09:
        return gcj02_to_wgs84(*bd09_to_gcj02(lng, lat))
    return (lng, lat)


def wgs84_to_gcj02(lng: float, lat: float) -> Point:
    """The publicly known approximation; outside China nothing is shifted."""
    if not in_china(lng, lat):
        return (lng, lat)
    x, y = lng - 105.0, lat - 35.0
    sine = sin(radians(lat))
    magic = 1 - ECCENTRICITY2 * sine * sine
    shift_lat = _shift_lat(x, y) * 180 / (AXIS * (1 - ECCENTRICITY2) / (magic * sqrt(magic)) * pi)
    shift_lng = _shift_lng(x, y) * 180 / (AXIS / sqrt(magic) * cos(radians(lat)) * pi)
    return (lng + shift_lng, lat + shift_lat)


def gcj02_to_wgs84(lng: float, lat: float) -> Point:
    """The inverse, by iteration: exact to about 1e-9 degrees (0.1 mm) of the approximation above."""
    guess_lng, guess_lat = lng, lat
    for _ in range(10):
        shifted_lng, shifted_lat = wgs84_to_gcj02(guess_lng, guess_lat)
        guess_lng += lng - shifted_lng
        guess_lat += lat - shifted_lat
        if abs(lng - shifted_lng) + abs(lat - shifted_lat) < 1e-10:
            break
    return (guess_lng, guess_lat)


def gcj02_to_bd09(lng: float, lat: float) -> Point:
    """GCJ-02 to Baidu's own shift on top of it."""
    length = sqrt(lng * lng + lat * lat) + 0.00002 * sin(lat * BAIDU)
    angle = atan2(lat, lng) + 0.000003 * cos(lng * BAIDU)
    return (length * cos(angle) + 0.0065, length * sin(angle) + 0.006)


def bd09_to_gcj02(lng: float, lat: float) -> Point:
    """Baidu's shift taken back: exact to about 1e-5 degrees (1 m)."""
    x, y = lng - 0.0065, lat - 0.006
    length = sqrt(x * x + y * y) - 0.00002 * sin(y * BAIDU)
    angle = atan2(y, x) - 0.000003 * cos(x * BAIDU)
    return (length * cos(angle), length * sin(angle))


def in_china(lng: float, lat: float) -> bool:
    """Within the box in which the shift applies; also tells swapped axes and projected metres from degrees."""
    return 72.004 < lng < 137.8347 and 0.8293 < lat < 55.8271


def distance_m(lng1: float, lat1: float, lng2: float, lat2: float) -> float:
    """Metres between two points on the sphere."""
    half_lat, half_lng = radians(lat2 - lat1) / 2, radians(lng2 - lng1) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(half_lng) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(chord))


def box_around(lng: float, lat: float, radius_m: float) -> tuple[float, float, float, float]:
    """Smallest west, south, east, north that hold every point within ``radius_m`` metres."""
    high = radius_m / METRES_PER_DEGREE
    wide = high / cos(radians(lat))
    return (lng - wide, lat - high, lng + wide, lat + high)


def _shift_lat(x: float, y: float) -> float:
    value = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    value += (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    value += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    return value + (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0


def _shift_lng(x: float, y: float) -> float:
    value = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    value += (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    value += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    return value + (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
