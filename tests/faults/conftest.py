"""Real servers and workers on a test's own database, and people who work at them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import city as cities
from tests.errands import Guide
from tests.serving import Running, Web, Worker, running
from tests.stories import Story


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.xdist_group("faults"))


@pytest.fixture
def start() -> Iterator[Callable[..., None]]:
    """``start(web, worker)`` starts programs that are gone when the test ends."""
    with ExitStack() as programs:

        def start_them(*them: Running) -> None:
            programs.enter_context(running(*them))

        yield start_them


@pytest.fixture
def web(city: cities.City, tmp_path: Path) -> Web:
    """A web server of one process with eight threads, to be started."""
    return Web(city.url, tmp_path)


@pytest.fixture
def worker(city: cities.City, tmp_path: Path) -> Worker:
    """A worker, to be started."""
    return Worker(city.url, tmp_path)


@pytest.fixture
def guide(city: cities.City) -> Guide:
    """Who does what next."""
    return Guide()


@pytest.fixture
def reported(city: cities.City) -> Callable[[int], list[int]]:
    """``reported(10)`` are ten reports of today, by number."""

    def report(count: int) -> list[int]:
        from engine.kit import clock  # noqa: PLC0415

        return [Story(city, now=clock.now()).report().case_id for _ in range(count)]

    return report
