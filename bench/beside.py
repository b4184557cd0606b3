"""Acts that go on beside long work: what they take while a worker in a process of its own does it, and before."""

import multiprocessing
import time
from collections.abc import Callable
from datetime import datetime
from multiprocessing.synchronize import Event
from typing import Any
from zoneinfo import ZoneInfo

from bench import server
from engine.kit import clock as wall
from engine.kit.db import db
from tests import city as cities
from tests.stories import Story

NOW = datetime(2026, 10, 15, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def measured(url: str, city: cities.City, work: Callable[[int], None], run_id: int) -> tuple[float, list[float]]:
    """Let a worker do ``work(run_id)``: the seconds that it took, and those of each act that was done beside it."""
    context = multiprocessing.get_context("spawn")
    begin, ended = context.Event(), context.Event()
    worker = context.Process(target=_worker, args=(url, work, run_id, begin, ended))
    worker.start()
    begin.wait()
    begun = time.perf_counter()
    times = acts(city, until=ended)
    ended.wait()
    seconds = time.perf_counter() - begun
    worker.join()
    return seconds, times


def _worker(url: str, work: Callable[[int], None], run_id: int, begin: Event, ended: Event) -> None:
    with server.application(url).app_context(), wall.fixed(NOW):
        begin.set()
        work(run_id)
        ended.set()


def acts(city: cities.City, *, seconds: float = 0, until: Event | None = None) -> list[float]:
    """Take cases from report to feedback, one after the other; seconds of each act, its commit included."""
    times: list[float] = []
    end = time.perf_counter() + seconds

    def goes_on() -> bool:
        return not until.is_set() if until is not None else time.perf_counter() < end

    while goes_on():
        story = Timed(city, NOW, times=times).report()
        with wall.fixed(NOW):
            story.filed().signed()
    db.session.rollback()
    return times


class Timed(Story):
    """A story that notes how long each act took."""

    def __init__(self, city: cities.City, now: datetime, *, times: list[float]) -> None:
        super().__init__(city, now)
        self._times = times

    def do(self, *given: Any, **values: Any) -> "Timed":
        """Do it and note the time."""
        begun = time.perf_counter()
        super().do(*given, **values)
        self._times.append(time.perf_counter() - begun)
        return self


def told(during: list[float], before: list[float]) -> str:
    """One line about the acts beside the work."""
    (old, old_late), (new, new_late) = server.median_and_95(before), server.median_and_95(during or [0.0])
    return (
        f"  acts meanwhile: {len(during)}, median {new:.1f} ms (before {old:.1f}, {new / old:.2f} times), "
        f"95 % {new_late:.1f} ms (before {old_late:.1f}, {new_late / old_late:.2f} times)"
    )
