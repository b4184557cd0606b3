"""How a lower room is heard above: it sends, never imports. Listeners write rows only, in the sender's transaction."""

from datetime import datetime
from typing import Any, Protocol

from blinker import Namespace

signals = Namespace()

_audited = signals.signal("audited")


class Doer(Protocol):
    """Who acts, as far as the lowest rooms need to know: ``access.actors.Actor`` is one."""

    @property
    def id(self) -> int | None: ...  # noqa: D102

    @property
    def name(self) -> str: ...  # noqa: D102


def announce(
    action: str,
    *,
    by: Doer,
    at: datetime,
    object_kind: str | None = None,
    object_id: int | str | None = None,
    detail: dict[str, Any] | None = None,
    address: str | None = None,
) -> None:
    """Tell the audit log, which lives above, of an act in a room below it. The row is written in this transaction."""
    _audited.send(action, by=by, at=at, object_kind=object_kind, object_id=object_id, detail=detail, address=address)
