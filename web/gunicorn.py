"""How gunicorn serves the city: a few processes with threads, each request given a minute.

CITYLOOP_EMBEDDED_WORKER=1 serves from a single process, which also does the timers' work: enough for the demo city.
"""

import multiprocessing
import os
from typing import Any

from engine.kit.config import Config
from engine.scheduler import Worker

is_embedded = Config.from_env().embedded_worker

worker_class = "gthread"
workers = 1 if is_embedded else int(os.environ.get("CITYLOOP_WEB_PROCESSES") or min(4, multiprocessing.cpu_count() + 1))
threads = int(os.environ.get("CITYLOOP_WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 20_000  # a worker that leaked memory is replaced in time
max_requests_jitter = 2_000
control_socket_disable = True  # nobody steers it but the service manager
accesslog = None  # web/logs.py writes a line a request

_embedded: dict[int, Worker] = {}


def post_worker_init(worker: Any) -> None:
    """The one process has loaded the application: let its timers run."""
    if is_embedded:
        _embedded[worker.pid] = Worker(worker.wsgi.app_context)
        _embedded[worker.pid].start()


def worker_exit(_server: Any, worker: Any) -> None:
    """The process ends: the piece of work that was begun is finished first."""
    if worker.pid in _embedded:
        _embedded.pop(worker.pid).stop()
