"""Case numbers: region 6, day 8, running number 6 (codes.md §6). Gaps are allowed, repetition is not."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from itertools import count

from sqlalchemy.dialects import postgresql, sqlite

from engine.cases.models import DayNumber
from engine.kit.config import Config
from engine.kit.db import db, today

ZONE = Config.from_env().time_zone


def next_numbers(region_codes: Sequence[str], at: datetime) -> list[str]:
    """The next number of each region's day, in the order asked, with one statement for each region.

    A counter's row is locked until the act commits: no two get the same.
    """
    day = today(at, ZONE)
    # Sorted: two acts that lock the same regions do not wait for each other.
    counts = sorted(Counter(region_codes).items())
    running = {region: count(reserve(region, day, wanted)) for region, wanted in counts}
    return [numbered(region, day, next(running[region])) for region in region_codes]


def numbered(region_code: str, day: date, running: int) -> str:
    """The number as it is written."""
    return f"{region_code}{day:%Y%m%d}{running:06d}"


def reserve(region_code: str, day: date, count: int) -> int:
    """Take ``count`` running numbers of a region's day at once, in one statement; returns the first."""
    build = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = (
        build(DayNumber)
        .values(region_code=region_code, day=day, last=count)
        .on_conflict_do_update(index_elements=["region_code", "day"], set_={"last": DayNumber.last + count})
        .returning(DayNumber.last)
    )
    return int(db.session.execute(statement).scalar_one()) - count + 1
