import pytest
from sqlalchemy import select

from engine.access.actors import SYSTEM
from engine.audit.models import AuditRecord
from engine.grids import drawing, importing, locating, queries
from engine.grids.models import UnitGrid
from engine.kit.db import db


def box(west, south, side=0.001):
    ring = [(west, south), (west + side, south), (west + side, south + side), (west, south + side), (west, south)]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code, geometry, **properties):
    return {"type": "Feature", "geometry": geometry, "properties": {"code": code, **properties}}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


@pytest.fixture
def regions(database, at):
    found = importing.import_regions(
        collection(
            feature("640100", None, name="某市"),
            feature("640104", None, name="兴庆区"),
            feature("640104001", None, name="凤凰街道"),
            feature("640104001001", box(106.2, 38.4, 0.003), name="北安社区"),
        ),
        by=SYSTEM, at=at("2026-03-02 09:00"),
    )  # fmt: skip
    assert (found.added, found.bad) == (4, [])


@pytest.fixture
def take(regions, at):
    return lambda *features: importing.import_unit_grids(collection(*features), by=SYSTEM, at=at("2026-03-02 09:00"))


def reasons(result):
    return [(bad.number, bad.text % bad.params) for bad in result.bad]


def test_good_grids_are_taken_in_and_found(take):
    result = take(
        feature("640104001001001", box(106.2, 38.4), area_class="B"), feature("640104001001002", box(106.201, 38.4))
    )
    assert (result.added, result.bad) == (2, [])
    assert locating.locate(106.2005, 38.4005).area_class == "B"
    assert locating.locate(106.2005, 38.4005).unit_grid_code == "640104001001001"
    assert db.session.scalars(select(UnitGrid.area_m2)).first() == pytest.approx(9690, rel=0.01)
    assert "grids.import_unit_grids" in set(db.session.scalars(select(AuditRecord.action)))


def test_the_same_file_twice_changes_nothing_but_says_so(take):
    one = feature("640104001001001", box(106.2, 38.4))
    take(one)
    again = take(one)
    assert (again.added, again.changed, again.bad) == (0, 1, [])


def test_every_bad_grid_is_left_out_with_its_reason(take):
    bow = {
        "type": "Polygon",
        "coordinates": [[(106.2, 38.4), (106.201, 38.401), (106.201, 38.4), (106.2, 38.401), (106.2, 38.4)]],
    }
    result = take(
        feature("640104001001000", box(106.2, 38.4)),
        feature("640104009001001", box(106.2, 38.4)),
        feature("640104001001001", box(38.4, 106.2)),
        feature("640104001001002", box(500_000, 4_250_000, 100)),
        feature("640104001001003", bow),
        feature("640104001001004", {"type": "Point", "coordinates": [106.2, 38.4]}),
        feature("640104001001005", box(106.2025, 38.4)),
        feature("640104001001006", box(106.2, 38.4)),
        feature("640104001001006", box(106.201, 38.4)),
        feature("640104001001007", box(106.2005, 38.4)),
        feature("640104001001008", {"type": "Polygon", "coordinates": "nonsense"}),
        "not a feature",
        feature("640104001001009", box(106.201, 38.401), area_class="D"),
    )
    assert result.added == 1
    said = [text for _, text in reasons(result)]
    assert [bad.number for bad in result.bad] == [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13]
    for text, part in zip(
        said,
        [
            "15 digits",
            "no community",
            "Latitude stands first",
            "projected metres",
            "broken",
            "polygon is needed",
            "beyond its community",
            "more than once",
            "overlaps grid 640104001001006",
            "cannot be read",
            "15 digits",
            "area class",
        ],
        strict=True,
    ):
        assert part in text


def test_a_code_given_up_is_not_used_again(take):
    take(feature("640104001001001", box(106.2, 38.4)))
    queries.unit_grid("640104001001001").is_active = False
    assert "given up" in reasons(take(feature("640104001001001", box(106.2, 38.4))))[0][1]


def test_what_is_not_geojson_is_refused(regions, at):
    for rubbish in ({}, [], {"features": "x"}):
        with pytest.raises(importing.NotGeoJson):
            importing.import_unit_grids(rubbish, by=SYSTEM, at=at("2026-03-02 09:00"))


def test_a_responsibility_grid_takes_the_unit_grids_that_it_covers_or_names(take, at):
    take(feature("640104001001001", box(106.2, 38.4)), feature("640104001001002", box(106.201, 38.4)))
    result = importing.import_responsibility_grids(
        collection(
            feature("Z6401040001", box(106.2, 38.4), name="一"),
            feature("Z6401040002", None, name="二", unit_grids=["640104001001002"]),
            feature("Z6401040003", None, name="三", unit_grids=["640104001001009"]),
            feature("Q1", box(106.2, 38.4)),
        ),
        by=SYSTEM, at=at("2026-03-02 09:00"),
    )  # fmt: skip
    assert (result.added, [bad.number for bad in result.bad]) == (2, [3, 4])
    members = {grid.code: grid.responsibility_grid.code for grid in db.session.scalars(select(UnitGrid))}
    assert members == {"640104001001001": "Z6401040001", "640104001001002": "Z6401040002"}
    drawn = drawing.geojson("responsibility_grid")["features"]
    assert [one["properties"]["code"] for one in drawn] == ["Z6401040001", "Z6401040002"]


def test_the_map_is_drawn_from_what_was_taken_in(take):
    take(feature("640104001001001", box(106.2, 38.4)))
    assert drawing.extent() == pytest.approx((106.2, 38.4, 106.201, 38.401))
    assert [one["properties"]["name"] for one in drawing.geojson("community")["features"]] == ["北安社区"]
    assert len(drawing.geojson("unit_grid", box=(106.0, 38.0, 106.1, 38.1))["features"]) == 0
    assert [region.name for region in queries.path_of("640104001001")] == ["某市", "兴庆区", "凤凰街道", "北安社区"]
    with pytest.raises(ValueError, match="planet"):
        drawing.geojson("planet")
