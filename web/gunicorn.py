"""How gunicorn serves the city: a few processes with threads, each request given half a minute."""

import multiprocessing
import os

worker_class = "gthread"
workers = int(os.environ.get("CITYLOOP_WEB_PROCESSES") or min(4, multiprocessing.cpu_count() + 1))
threads = int(os.environ.get("CITYLOOP_WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 20_000  # a worker that leaked memory is replaced in time
max_requests_jitter = 2_000
accesslog = None  # web/logs.py writes a line a request
