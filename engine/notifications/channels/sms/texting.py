"""Handing text messages to a gateway that takes JSON: ``{"to", "text", "key"}``, the secret as a bearer token."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from engine.kit.i18n import N_
from engine.kit.outgoing import Gateway, Outgoing
from engine.notifications.channels import posting
from engine.notifications.channels.protocol import Letter, Send
from engine.organization.models import User

LONGEST = 300
"""Characters: what comes after them costs another message and says no more than the program does."""


def configured(outgoing: Outgoing) -> "Sms | None":
    """Text messages, where a gateway is configured."""
    return Sms(outgoing.sms) if outgoing.sms else None


class Sms:
    """Text messages. The gateway is told a key, by which it knows a message that it has taken already."""

    name = "sms"
    label = N_("SMS")
    knows_twice = True

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def address_of(self, user: User) -> str | None:
        """The person's telephone number, without what people put between its digits."""
        # As a Chinese keyboard may type them: １３９ are digits too.
        typed = unicodedata.normalize("NFKC", user.phone or "")
        number = "".join(sign for sign in typed if sign in "+0123456789")
        return number or None

    @contextmanager
    def connected(self) -> Iterator[Send]:
        """Every message is a request of its own."""
        yield self._send

    def _send(self, letter: Letter) -> None:
        headers = {"Idempotency-Key": letter.key}
        if self._gateway.secret:
            headers["Authorization"] = f"Bearer {self._gateway.secret}"
        text = f"{letter.subject[: LONGEST - len(letter.link) - 1]} {letter.link}".strip()
        body = {"to": letter.address, "text": text, "key": letter.key}
        posting.post(self._gateway.address, body, seconds=self._gateway.seconds, headers=headers)
