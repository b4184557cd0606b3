"""One line a request, and what went wrong; never what was typed, searched for or sent as a cookie."""

import logging
import re
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("cityloop.web")
DETAIL = re.compile(r"^\s*DETAIL: .*$", re.MULTILINE)


def configure(*, as_json: bool) -> None:
    """Say how lines look: JSON for collectors of logs, else words for people."""
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_rows,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


def _without_rows(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """PostgreSQL tells in the detail of an error which row it refused, with everything that stands in it."""
    if "exception" in line:
        line["exception"] = DETAIL.sub("DETAIL: left out", line["exception"])
    return line


def init_app(app: Flask) -> None:
    """Log every request but those for files."""
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    if request.endpoint not in ("static", "health.check"):
        log.info(
            "request",
            method=request.method,
            path=_path(),
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000),
            user=_user_id(),
            address=request.remote_addr,
        )
    return response


def _path() -> str:
    """Where the address itself is the secret, the line names the page only."""
    rule = request.url_rule
    return rule.rule if rule is not None and "token" in rule.arguments else request.path


def _user_id() -> str | None:
    """Only if this request already asked who it is: a line of the log is no reason for a query."""
    user = g.get("_login_user")
    return user.get_id() if user is not None else None
