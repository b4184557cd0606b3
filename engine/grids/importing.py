"""Taking in the city's own outlines from GeoJSON. Good features are imported, bad ones are reported with the reason."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from sqlalchemy import select

from engine.access.actors import Actor
from engine.audit import recording
from engine.grids import codes, locating
from engine.grids.coordinates import in_china
from engine.grids.measuring import area_m2
from engine.grids.models import Region, ResponsibilityGrid, UnitGrid
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_

FEATURE_CAP = 50_000
TOLERANCE = 0.001
"""Share of its area by which a grid may leave its community or overlap another (codes.md §2: 0.1 %)."""


class NotGeoJson(Invalid):
    """This is not a GeoJSON feature collection of at most %(most)s features."""


@dataclass(frozen=True)
class BadFeature:
    """A feature that was left out: its number in the file from 1, its code, and why (msgid with places)."""

    number: int
    code: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass
class Imported:
    """What an import did."""

    added: int = 0
    changed: int = 0
    bad: list[BadFeature] = field(default_factory=list)


class _Bad(Exception):
    def __init__(self, text: str, **params: Any) -> None:
        self.text, self.params = text, params
        super().__init__(text)


def import_regions(collection: dict[str, Any], *, by: Actor, at: datetime) -> Imported:
    """Districts, streets and communities: properties ``code`` and ``name``, geometry a polygon or none."""
    result = Imported()
    for number, code, feature in _features(collection):
        try:
            _put_region(code, feature, result)
        except _Bad as bad:
            result.bad.append(BadFeature(number, code, bad.text, bad.params))
    _finish("grids.import_regions", result, by=by, at=at)
    return result


def import_unit_grids(collection: dict[str, Any], *, by: Actor, at: datetime) -> Imported:
    """Unit grids: property ``code`` (15 digits), optionally ``name`` and ``area_class``; a polygon in CGCS2000 degrees.

    A grid is left out when its code is wrong, was given up or stands twice in the file; when its community is unknown
    or does not hold it; when its outline is broken, or overlaps another grid.
    """
    communities = {
        region.code: region
        for region in db.session.scalars(select(Region).where(Region.level == "community", Region.is_active))
    }
    stored = {grid.code: grid for grid in db.session.scalars(select(UnitGrid))}
    result = Imported()
    good: list[tuple[int, str, Any, Any]] = []
    seen: set[str] = set()
    for number, code, feature in _features(collection):
        try:
            good.append((number, code, feature, _checked_grid(code, feature, communities, stored, seen)))
        except _Bad as bad:
            result.bad.append(BadFeature(number, code, bad.text, bad.params))
    overlaps = _overlaps([(code, outline) for _, code, _, outline in good], stored)
    for number, code, feature, outline in good:
        if code in overlaps:
            text = N_("The grid overlaps grid %(other)s.")
            result.bad.append(BadFeature(number, code, text, {"other": overlaps[code]}))
        else:
            _put_grid(code, feature, outline, stored, result)
    _finish("grids.import_unit_grids", result, by=by, at=at)
    return result


def import_responsibility_grids(collection: dict[str, Any], *, by: Actor, at: datetime) -> Imported:
    """Responsibility grids: properties ``code`` and ``name``, and either ``unit_grids`` (a list of codes) or a polygon.

    With a polygon, the unit grids whose inner point it covers belong to it. A unit grid belongs to one grid only.
    """
    result = Imported()
    units = list(db.session.scalars(select(UnitGrid).where(UnitGrid.is_active)))
    for number, code, feature in _features(collection):
        try:
            _put_responsibility_grid(code, feature, units, result)
        except _Bad as bad:
            result.bad.append(BadFeature(number, code, bad.text, bad.params))
    _finish("grids.import_responsibility_grids", result, by=by, at=at)
    return result


def _features(collection: dict[str, Any]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or len(features) > FEATURE_CAP:
        raise NotGeoJson(most=FEATURE_CAP)
    for number, feature in enumerate(features, start=1):
        whole = feature if isinstance(feature, dict) else {}
        yield number, str(_property(whole, "code")).strip(), whole


def _property(feature: dict[str, Any], name: str) -> Any:
    value = (feature.get("properties") or {}).get(name)
    return "" if value is None else value


def _finish(action: str, result: Imported, *, by: Actor, at: datetime) -> None:
    result.bad.sort(key=lambda bad: bad.number)
    locating.renew_stamp()
    detail = {"added": result.added, "changed": result.changed, "bad": len(result.bad)}
    recording.record(action, by=by, at=at, object_kind="grids", detail=detail)


def _outline(feature: dict[str, Any]) -> Any:
    """The feature's polygon, checked to be whole and in degrees, longitude first."""
    try:
        outline = shape(feature.get("geometry") or {})
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise _Bad(N_("The outline cannot be read.")) from error
    if outline.geom_type == "MultiPolygon" and len(outline.geoms) == 1:
        outline = outline.geoms[0]
    if outline.is_empty or outline.geom_type not in {"Polygon", "MultiPolygon"}:
        raise _Bad(N_("A polygon is needed."))
    west, south, east, north = outline.bounds
    if in_china(south, west) and not in_china(west, south):
        raise _Bad(N_("Latitude stands first; GeoJSON puts longitude first."))
    if not (in_china(west, south) and in_china(east, north)):
        raise _Bad(N_("The coordinates are not degrees in China; perhaps they are projected metres."))
    if not outline.is_valid:
        raise _Bad(N_("The outline is broken: %(reason)s"), reason=shapely.is_valid_reason(outline))
    return outline


def _put_region(code: str, feature: dict[str, Any], result: Imported) -> None:
    level = codes.level_of(code)
    if level is None:
        raise _Bad(N_("A code of 6, 9 or 12 digits is needed."))
    name = str(_property(feature, "name")).strip()
    if not name:
        raise _Bad(N_("A name is needed."))
    outline = mapping(_outline(feature)) if feature.get("geometry") else None
    region = db.session.get(Region, code)
    if region is None:
        db.session.add(Region(code=code, name=name, level=level, parent_code=codes.parent_of(code), outline=outline))
        result.added += 1
        return
    region.name, region.is_active, region.outline = name, True, outline or region.outline
    result.changed += 1


def _checked_grid(
    code: str, feature: dict[str, Any], communities: dict[str, Region], stored: dict[str, UnitGrid], seen: set[str]
) -> Any:
    parts = codes.read_unit_grid(code)
    if parts is None:
        raise _Bad(N_("A code of 15 digits is needed, its last three not 000."))
    if code in seen:
        raise _Bad(N_("This code stands in the file more than once."))
    seen.add(code)
    if code in stored and not stored[code].is_active:
        raise _Bad(N_("This code was given up; codes are never used again."))
    community = communities.get(parts.community)
    if community is None:
        raise _Bad(N_("There is no community %(code)s."), code=parts.community)
    if _property(feature, "area_class") not in {"", "A", "B", "C"}:
        raise _Bad(N_("The area class must be A, B or C."))
    outline = _outline(feature)
    if outline.geom_type != "Polygon":
        raise _Bad(N_("A unit grid is one polygon."))
    if community.outline and outline.difference(shape(community.outline)).area > outline.area * TOLERANCE:
        raise _Bad(N_("The grid reaches beyond its community."))
    return outline


def _overlaps(good: list[tuple[str, Any]], stored: dict[str, UnitGrid]) -> dict[str, str]:
    """Code of each new grid that overlaps another → the code of that one: a stored one, or one earlier in the file."""
    new = {code for code, _ in good}
    others = [(grid.code, shape(grid.geometry)) for grid in stored.values() if grid.is_active and grid.code not in new]
    everything = [*others, *good]
    tree = shapely.STRtree([outline for _, outline in everything])
    found: dict[str, str] = {}
    for index, (code, outline) in enumerate(good, start=len(others)):
        for near in sorted(tree.query(outline, predicate="intersects").tolist()):
            other, other_outline = everything[near]
            if near < index and other not in found and _share(outline, other_outline) > TOLERANCE:
                found[code] = other
                break
    return found


def _share(one: Any, other: Any) -> float:
    return float(one.intersection(other).area / min(one.area, other.area))


def _put_grid(code: str, feature: dict[str, Any], outline: Any, stored: dict[str, UnitGrid], result: Imported) -> None:
    told = {name: str(_property(feature, name)) for name in ("name", "area_class") if _property(feature, name)}
    values = grid_fields(code, outline) | told
    grid = stored.get(code)
    if grid is None:
        db.session.add(UnitGrid(**{"code": code, "name": code[-3:], **values}))
        result.added += 1
        return
    for name, value in values.items():
        setattr(grid, name, value)
    result.changed += 1


def grid_fields(code: str, outline: Any) -> dict[str, Any]:
    """What a unit grid's row takes from its code and its shapely polygon."""
    west, south, east, north = outline.bounds
    return {
        "region_code": code[:6],
        "street_code": code[:9],
        "community_code": code[:12],
        "geometry": mapping(outline),
        "min_lng": west,
        "min_lat": south,
        "max_lng": east,
        "max_lat": north,
        "area_m2": round(area_m2(outline), 1),
    }


def _put_responsibility_grid(code: str, feature: dict[str, Any], units: list[UnitGrid], result: Imported) -> None:
    if not codes.RESPONSIBILITY_GRID.fullmatch(code):
        raise _Bad(N_("A code such as Z6401040007 is needed."))
    members = list(_members(feature, units))
    if not members:
        raise _Bad(N_("No unit grid belongs to it."))
    grid = db.session.scalar(select(ResponsibilityGrid).where(ResponsibilityGrid.code == code))
    name = str(_property(feature, "name")) or code
    if grid is None:
        grid = ResponsibilityGrid(code=code, name=name, region_code=code[1:7])
        db.session.add(grid)
        result.added += 1
    else:
        grid.name, grid.is_active = name, True
        result.changed += 1
    for unit in units:
        if unit.responsibility_grid is grid:
            unit.responsibility_grid = None
    for unit in members:
        unit.responsibility_grid = grid


def _members(feature: dict[str, Any], units: list[UnitGrid]) -> Iterable[UnitGrid]:
    listed = _property(feature, "unit_grids")
    if listed:
        known = {unit.code: unit for unit in units}
        missing = [str(code) for code in listed if str(code) not in known]
        if missing:
            raise _Bad(N_("There is no unit grid %(code)s."), code=missing[0])
        return [known[str(code)] for code in listed]
    outline = _outline(feature)
    return [unit for unit in units if outline.covers(shape(unit.geometry).representative_point())]
