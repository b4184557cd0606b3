"""Tables of regions, unit grids, responsibility grids, and the lines of the offline map."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kit.db import BigId, Model


class Region(Model):
    """A district, street or community by its code (GB/T 2260, GB/T 10114): 6, 9 or 12 digits."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(12))
    """city, district, street or community."""
    parent_code: Mapped[str | None] = mapped_column(String(12), index=True)
    outline: Mapped[dict[str, Any] | None]
    """GeoJSON polygon or multipolygon in CGCS2000 degrees; None where the city has not drawn it."""
    is_active: Mapped[bool] = mapped_column(default=True)


class ResponsibilityGrid(Model):
    """A collector's beat (责任网格): several unit grids."""

    __tablename__ = "responsibility_grid"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """"Z", district 6, running number 4: Z6401040007."""
    name: Mapped[str] = mapped_column(String(60))
    region_code: Mapped[str] = mapped_column(String(12), index=True)
    """The district (6 digits) that it lies in."""
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    """Who patrols it, where that is settled."""
    is_active: Mapped[bool] = mapped_column(default=True)

    unit_grids: Mapped[list["UnitGrid"]] = relationship(back_populates="responsibility_grid")


class UnitGrid(Model):
    """A unit grid (单元网格, GB/T 30428.1): about 1 ha, inside one community, no gaps and no overlaps."""

    __tablename__ = "unit_grid"
    __table_args__ = (Index("ix_unit_grid_box", "min_lng", "max_lng", "min_lat", "max_lat"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(15), unique=True)
    name: Mapped[str] = mapped_column(String(60), default="")
    region_code: Mapped[str] = mapped_column(String(6), index=True)
    street_code: Mapped[str] = mapped_column(String(9), index=True)
    community_code: Mapped[str] = mapped_column(String(12), index=True)
    geometry: Mapped[dict[str, Any]]
    """GeoJSON polygon in CGCS2000 degrees, longitude first."""
    min_lng: Mapped[float]
    min_lat: Mapped[float]
    max_lng: Mapped[float]
    max_lat: Mapped[float]
    area_m2: Mapped[float]
    area_class: Mapped[str] = mapped_column(String(1), default="A")
    """A, B or C (GB/T 30428.8): time limits are longer in B and C."""
    responsibility_grid_id: Mapped[int | None] = mapped_column(ForeignKey("responsibility_grid.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    """Codes of grids that were given up are never used again: the row stays, switched off."""

    responsibility_grid: Mapped[ResponsibilityGrid | None] = relationship(back_populates="unit_grids")


class MapLine(Model):
    """A road, river or railway, so that the map can be drawn without tiles from elsewhere."""

    __tablename__ = "map_line"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    """road, river or railway."""
    name: Mapped[str] = mapped_column(String(60), default="")
    rank: Mapped[int] = mapped_column(default=2)
    """1 is drawn widest."""
    geometry: Mapped[dict[str, Any]]
    """GeoJSON line string in CGCS2000 degrees."""


class GridStamp(Model):
    """A stamp, drawn anew with every change of the grids: a process sees that its copy in memory is old. One row."""

    __tablename__ = "grid_stamp"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[int]
