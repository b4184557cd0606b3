"""Taking a statistic out of use, and bringing it back. Nothing is deleted."""

from datetime import datetime

from engine.kit.signals import Doer
from engine.statistics import queries
from engine.statistics.defining import lock, record
from engine.statistics.models import Statistic


def retire(statistic_id: int, *, version: int, by: Doer, at: datetime) -> Statistic:
    """Readers find it no more. Raises NoSuchStatistic, StatisticChanged, StatisticRetired."""
    row = lock(statistic_id, version=version)
    row.retired_at = at
    record("statistic.retired", row, by, at)
    return row


def reinstate(statistic_id: int, *, by: Doer, at: datetime) -> Statistic:
    """Readers find it again. Twice changes nothing. Raises NoSuchStatistic."""
    row = queries.get(statistic_id, lock=True)
    if row.retired_at is not None:
        row.retired_at = None
        record("statistic.reinstated", row, by, at)
    return row
