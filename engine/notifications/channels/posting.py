"""Handing JSON to a gateway, and what its answer means. Neither its address nor its secret gets into an error."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from engine.notifications.errors import Refused, Unknown, Unreachable

LARGEST_ANSWER = 65536
BUSY_OR_WRONGLY_SET_UP = {401, 403, 404, 407, 408, 425, 429}
"""What ails the gateway or our settings, rather than the one message."""


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """A gateway that sends us elsewhere has taken nothing, and elsewhere is nobody to be told the secret."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """No other request is made: the answer stands as it is."""


_opener = urllib.request.build_opener(_NoDetours)


def post(address: str, body: Mapping[str, Any], *, seconds: int, headers: Mapping[str, str]) -> dict[str, Any]:
    """The answer, as JSON (empty where it is none). Raises Unreachable, Refused, or Unknown where it broke off."""
    data = json.dumps(body, ensure_ascii=False).encode()
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked when the configuration was read
        address, data, {"Content-Type": "application/json; charset=utf-8", **headers}, method="POST"
    )
    try:
        with _opener.open(request, timeout=seconds) as answer:
            return _read(answer.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        if error.code < 400 or error.code >= 500 or error.code in BUSY_OR_WRONGLY_SET_UP:
            raise Unreachable(f"the gateway answers {error.code}") from None
        raise Refused(f"the gateway answers {error.code}") from None
    except urllib.error.URLError as error:
        raise Unreachable(f"the gateway cannot be reached: {type(error.reason).__name__}") from None
    except (OSError, HTTPException) as error:
        # It had been handed over: whether it was taken, nobody knows.
        raise Unknown(f"the connection to the gateway broke off: {type(error).__name__}") from None


def _read(data: bytes) -> dict[str, Any]:
    try:
        read = json.loads(data)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
