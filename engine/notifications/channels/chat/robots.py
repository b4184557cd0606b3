"""Group robots: one address, three ways of writing. Whom a message concerns is called by his telephone number.

Written after the providers' manuals of custom robots (群机器人, 自定义机器人).
"""

import base64
import hmac
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from engine.kit.i18n import N_
from engine.kit.outgoing import Gateway, Outgoing
from engine.notifications.channels import posting
from engine.notifications.channels.protocol import Letter, Send
from engine.notifications.errors import Refused, Unknown, Unreachable
from engine.organization.models import User

TOO_MANY = {45009, 130101, 11232, 9499}
"""What robots answer when they are asked too often in a minute; the message itself is all right."""
MOBILE = 11
"""Digits of a mobile's number."""


def configured(outgoing: Outgoing) -> "Chat | None":
    """Chat, where a robot is configured."""
    return Chat(outgoing.chat) if outgoing.chat else None


class Chat:
    """A robot in a group. It knows no keys: what may have been said is not said again by itself."""

    name = "chat"
    label = N_("Chat")
    knows_twice = False

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def address_of(self, user: User) -> str | None:
        """The telephone number by which the group knows the person."""
        typed = unicodedata.normalize("NFKC", user.phone or "")
        number = "".join(sign for sign in typed if sign in "0123456789")
        # Robots know a mobile by its eleven digits, without the country's 86.
        return number[-MOBILE:] if number.startswith("86") and len(number) == MOBILE + 2 else number or None

    @contextmanager
    def connected(self) -> Iterator[Send]:
        """Every message is a request of its own."""
        yield self._send

    def _send(self, letter: Letter) -> None:
        address, body = WAYS[self._gateway.kind](self._gateway, letter)
        answer = posting.post(address, body, seconds=self._gateway.seconds, headers={})
        code = answer.get("errcode", answer.get("code", answer.get("StatusCode")))
        if code is None:
            raise Unknown("the robot's answer cannot be understood")
        if code in TOO_MANY:
            raise Unreachable(f"the robot is asked too often: {code}")
        if code != 0:
            raise Refused(f"the robot answers {code}")


def _text(letter: Letter) -> str:
    """What it says: between angle brackets a robot would read whom to call, everybody for instance."""
    return f"{letter.subject}\n{letter.link}".strip().replace("<", "＜").replace(">", "＞")


def _wecom(gateway: Gateway, letter: Letter) -> tuple[str, dict[str, Any]]:
    text = {"content": _text(letter), "mentioned_mobile_list": [letter.address]}
    return gateway.address, {"msgtype": "text", "text": text}


def _dingtalk(gateway: Gateway, letter: Letter) -> tuple[str, dict[str, Any]]:
    """Signed in the address: HMAC-SHA256 of "<milliseconds>\\n<secret>" with the secret."""
    address = gateway.address
    if gateway.secret:
        moment = str(round(letter.at.timestamp() * 1000))
        signed = hmac.digest(gateway.secret.encode(), f"{moment}\n{gateway.secret}".encode(), "sha256")
        address += ("&" if "?" in address else "?") + urlencode({"timestamp": moment, "sign": _b64(signed)})
    body = {"msgtype": "text", "text": {"content": _text(letter)}, "at": {"atMobiles": [letter.address]}}
    return address, body


def _feishu(gateway: Gateway, letter: Letter) -> tuple[str, dict[str, Any]]:
    """Signed in the body: HMAC-SHA256 of nothing with "<seconds>\\n<secret>". A robot there calls nobody by number."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": _text(letter)}}
    if gateway.secret:
        moment = str(int(letter.at.timestamp()))
        body |= {"timestamp": moment, "sign": _b64(hmac.digest(f"{moment}\n{gateway.secret}".encode(), b"", "sha256"))}
    return gateway.address, body


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


WAYS: dict[str, Callable[[Gateway, Letter], tuple[str, dict[str, Any]]]] = {
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "feishu": _feishu,
}
