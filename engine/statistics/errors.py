"""What the statistics refuse, in sentences for the person who asked."""

from engine.kit.errors import Conflict, NotFound


class NoSuchStatistic(NotFound):
    """There is no such statistic, or it is not meant for you."""


class StatisticChanged(Conflict):
    """Somebody has changed this statistic since you opened it. Please look again."""


class StatisticRetired(Conflict):
    """This statistic is retired; bring it back first."""
