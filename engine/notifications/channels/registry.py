"""The list of channels, and which of them this installation has configured."""

from collections.abc import Callable, Mapping

from engine.kit.config import Config
from engine.kit.outgoing import Outgoing
from engine.notifications.channels.chat import robots
from engine.notifications.channels.email import mailing
from engine.notifications.channels.protocol import Channel
from engine.notifications.channels.sms import texting

CHANNELS: tuple[Callable[[Outgoing], Channel | None], ...] = (mailing.configured, texting.configured, robots.configured)

_offered: dict[str, Channel] | None = None
_public_url = ""


def offer(outgoing: Outgoing) -> None:
    """Offer what is configured, and nothing else: whoever starts the program says this once."""
    offer_only([channel for configured in CHANNELS if (channel := configured(outgoing))], outgoing.public_url)


def offer_only(channels: list[Channel], public_url: str = "") -> None:
    """Offer exactly these channels."""
    global _offered, _public_url
    _offered, _public_url = {channel.name: channel for channel in channels}, public_url


def offered() -> Mapping[str, Channel]:
    """Every channel by its name; read from the environment unless ``offer`` was called."""
    if _offered is None:
        offer(Config.from_env().outgoing)
    return _offered or {}


def public_url() -> str:
    """Where readers find the program; empty where nobody said so."""
    offered()
    return _public_url
