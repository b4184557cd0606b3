import io
from datetime import date

import pytest
from sqlalchemy import func, select

from engine.access.actors import SYSTEM
from engine.components import importing, queries
from engine.components.models import Component
from engine.grids.coordinates import Crs, wgs84_to_gcj02
from engine.kit.db import db
from engine.kit.spreadsheets import Unreadable

HEADINGS = "code,lng,lat,state,owner,initial_date,old_code\n"


@pytest.fixture
def take(place, at):
    def take_(*lines, **more):
        text = HEADINGS + "\n".join(lines)
        stream = io.BytesIO(text.encode())
        return importing.import_components(stream, by=SYSTEM, at=at("2026-03-02 09:00"), **more)

    return take_


def line(place, number, *, state="", owner="", more="2026-01-02,"):
    lng, lat = place
    return f"6401040102{number:06},{lng},{lat},{state},{owner},{more}"


def test_a_census_is_taken_in(take, place):
    assert take(line(place, 1, owner="环境卫生管理局"), line(place, 2, state="broken")) == (2, 0)
    cover = queries.by_code("6401040102000001")
    assert (cover.owner_department.code, cover.initial_date) == ("sanitation", date(2026, 1, 2))
    assert (cover.name, cover.unit_grid.code, cover.state) == ("污水井盖", "640104001001001", "intact")
    assert take(line(place, 2, state="lost"), line(place, 3)) == (1, 1)
    assert queries.by_code("6401040102000002").state == "lost"


def test_coordinates_of_a_foreign_map_are_brought_home(take, place):
    lng, lat = place
    shifted = wgs84_to_gcj02(lng, lat)
    text = f"6401040102000001,{shifted[0]},{shifted[1]},,,,"
    with pytest.raises(Unreadable):
        take(text)
    take(text, crs=Crs.gcj02)
    assert queries.by_code("6401040102000001").lng == pytest.approx(lng, abs=1e-7)


def test_one_bad_line_stops_the_whole_file_and_all_are_named(take, place):
    lng, lat = place
    with pytest.raises(Unreadable) as refused:
        take(
            line(place, 1),
            line(place, 0),
            line(place, 2, owner="无此单位"),
            line(place, 3),
            line(place, 3),
            f"6401040102000004,{lat},{lng},,,,",
            f"6.40104E+15,{lng},{lat},,,,",
            "6401040102000005,,,,,,",
        )
    said = [(error.line, error.column) for error in refused.value.errors]
    assert said == [
        (3, "Component code"), (4, "Owner"), (5, "Component code"), (6, "Component code"), (7, "Longitude"),
        (8, "Component code"), (9, "Longitude"), (9, "Latitude"),
    ]  # fmt: skip
    assert "无此单位" in refused.value.errors[1].sentence("en")
    assert db.session.scalar(select(func.count(Component.id))) == 0


def test_a_removed_component_is_not_revived_by_a_file(take, place):
    take(line(place, 1, state="removed"))
    with pytest.raises(Unreadable):
        take(line(place, 1, state="intact"))
