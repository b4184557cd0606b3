"""How messages leave the building, read once from the environment: mail server, SMS gateway, enterprise chat.

What is not configured is not offered. Secrets are kept out of every ``repr``, and so out of logs.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar, cast
from urllib.parse import SplitResult, unquote, urlsplit

T = TypeVar("T")
Tls = Literal["none", "starttls", "tls"]
PORTS: dict[str, int] = {"none": 25, "starttls": 587, "tls": 465}
CHATS = ("wecom", "dingtalk", "feishu")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""An e-mail address that every mail server takes (RFC 5321 §4.1.2, without quoted and without Chinese ones)."""
SENT_AS_IT_IS = re.compile(r"[\x21-\x7e]*")
"""What may stand in the head of a request: anything else would be refused there, and repeated in the refusal."""


class Wrong(ValueError):
    """A variable is missing or wrong; the message names it."""


@dataclass(frozen=True)
class MailServer:
    """Where e-mail is handed in (SMTP), and who it is from."""

    host: str
    port: int
    tls: Tls
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    seconds: int = 20
    """How long to wait for an answer."""


@dataclass(frozen=True)
class Gateway:
    """An address that takes JSON. Chat robots carry their key in it: it is as secret as a password."""

    address: str = field(repr=False)
    secret: str = field(default="", repr=False)
    kind: str = ""
    seconds: int = 10


@dataclass(frozen=True)
class Outgoing:
    """Every way out that this installation has. ``public_url`` is where readers find the program, without a slash."""

    public_url: str = ""
    mail: MailServer | None = None
    sms: Gateway | None = None
    chat: Gateway | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Outgoing":
        """Read the environment. Raises Wrong, naming the variable."""
        return cls(
            public_url=_address(env, "PUBLIC_URL").rstrip("/"),
            mail=_mail(env),
            sms=_gateway(env, "SMS_GATEWAY_URL", "SMS_GATEWAY_SECRET"),
            chat=_chat(env),
        )


def _mail(env: Mapping[str, str]) -> MailServer | None:
    if not (env.get("SMTP_URL") or env.get("SMTP_HOST")):
        return None
    sender = env.get("MAIL_FROM", "").strip()
    if not ADDRESS.search(sender) or "\n" in sender:
        raise Wrong("MAIL_FROM: the address that e-mails are from is needed, because a mail server is configured")
    return _of_url(env["SMTP_URL"], sender) if env.get("SMTP_URL") else _of_parts(env, sender)


def _of_url(text: str, sender: str) -> MailServer:
    """``smtp://user:password@host:587?tls=starttls`` or ``smtps://…`` (TLS from the first byte)."""
    url = _split("SMTP_URL", text, ("smtp", "smtps"))
    chosen = "tls" if url.scheme == "smtps" else (url.query.removeprefix("tls=") or "none")
    tls = _tls("SMTP_URL", chosen)
    port = _in("SMTP_URL", lambda: url.port) or PORTS[tls]
    user, password = unquote(url.username or ""), unquote(url.password or "")
    return MailServer(url.hostname or "", port, tls, sender, user, password)


def _of_parts(env: Mapping[str, str], sender: str) -> MailServer:
    tls = _tls("SMTP_TLS", env.get("SMTP_TLS") or "none")
    port = env.get("SMTP_PORT") or str(PORTS[tls])
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise Wrong(f"SMTP_PORT: a port number is needed, not {port!r}")
    user, password = env.get("SMTP_USER", ""), env.get("SMTP_PASSWORD", "")
    if user and not password:
        raise Wrong("SMTP_PASSWORD: is needed, because SMTP_USER is given")
    return MailServer(env["SMTP_HOST"], int(port), tls, sender, user, password)


def _tls(name: str, chosen: str) -> Tls:
    if chosen not in PORTS:
        raise Wrong(f"{name}: tls is none, starttls or tls, not {chosen!r}")
    return cast(Tls, chosen)


def _chat(env: Mapping[str, str]) -> Gateway | None:
    kind = env.get("CHAT_WEBHOOK_KIND", "wecom")
    if kind not in CHATS:
        raise Wrong(f"CHAT_WEBHOOK_KIND: one of {', '.join(CHATS)} is needed, not {kind!r}")
    return _gateway(env, "CHAT_WEBHOOK_URL", "CHAT_WEBHOOK_SECRET", kind=kind)


def _gateway(env: Mapping[str, str], url: str, secret: str, *, kind: str = "") -> Gateway | None:
    address, key = _address(env, url), env.get(secret, "").strip()
    if not SENT_AS_IT_IS.fullmatch(key):
        raise Wrong(f"{secret}: letters, digits and signs of ASCII are needed, without spaces")
    return Gateway(address, key, kind) if address else None


def _address(env: Mapping[str, str], name: str) -> str:
    text = env.get(name, "").strip()
    if text:
        _split(name, text, ("http", "https"))
    return text


def _split(name: str, text: str, schemes: tuple[str, ...]) -> SplitResult:
    """The parts of an address. What was written is not repeated in the refusal: it may hold a password."""
    url = _in(name, lambda: urlsplit(text))
    if not SENT_AS_IT_IS.fullmatch(text):
        raise Wrong(f"{name}: an address has no spaces, and only signs of ASCII")
    if url.scheme not in schemes or not url.hostname:
        raise Wrong(f"{name}: an address that begins with {' or '.join(f'{one}://' for one in schemes)} is needed")
    return url


def _in(name: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError:
        raise Wrong(f"{name}: this is not an address") from None
