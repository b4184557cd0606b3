"""Several at the same moment, as in different processes: an application for each, on the same database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from engine.kit.db import db
from tests import databases


def at_once(url: str, *works: Callable[[], Any]) -> list[Any]:
    """Run all ``works``, none before all are ready; what they answered, in their order.

    Raises what one of them raised: a thread that died would otherwise go unnoticed.
    """
    ready = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        with databases.application(url).app_context():
            try:
                ready.wait(30)
                return work()
            finally:
                db.session.remove()
                db.engine.dispose()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))
