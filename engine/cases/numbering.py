"""Case numbers: region 6, day 8, running number 6 (codes.md §6). Gaps are allowed, repetition is not."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from engine.cases.models import DayNumber
from engine.kit.config import Config
from engine.kit.db import db, today

ZONE = Config.from_env().time_zone


def next_number(region_code: str, at: datetime) -> str:
    """The next number of a region's day. The counter's row is locked until the act commits: no two get the same."""
    day = today(at, ZONE)
    build = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = (
        build(DayNumber)
        .values(region_code=region_code, day=day, last=1)
        .on_conflict_do_update(index_elements=["region_code", "day"], set_={"last": DayNumber.last + 1})
        .returning(DayNumber.last)
    )
    return f"{region_code}{day:%Y%m%d}{db.session.execute(statement).scalar_one():06d}"
