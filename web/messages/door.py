"""The blueprint of messages, and what other pages show of them."""

from flask import Blueprint, g

from engine.access.permissions import Permission
from engine.cases.models import Case
from engine.kit.i18n import DEFAULT_LOCALE
from engine.notifications import kinds, preferences, queries
from engine.notifications.channels import registry
from engine.notifications.models import How, Message
from web import languages, session
from web.messages import wording

door = Blueprint("messages", __name__, url_prefix="/messages")
SEEN_BY = (Permission.case_supervise, Permission.incident_manage)
"""Who sees whether others were reached."""


@door.app_template_global()
def unread_messages() -> int:
    """What the bell says: how many messages wait for whoever is signed in."""
    actor = session.actor_or_none()
    return queries.unread_count(actor.id) if actor and actor.id else 0


@door.app_template_global()
def told_about(case: Case) -> list[queries.Fared]:
    """Who was told what about a case, and whether it reached him; nothing is asked for those who may not see that."""
    actor = session.actor_or_none()
    return queries.told_about(case.id) if actor and any(actor.has(one) for one in SEEN_BY) else []


@door.app_template_global()
def message_wishes() -> dict[str, dict[str, How]]:
    """How whoever is signed in wants each kind, by every channel that is offered; what was refused, as he chose it."""
    actor = session.actor_or_none()
    table = preferences.table_of(actor.id) if actor and actor.id and registry.offered() else {}
    for (kind, channel), how in g.get("refused_wishes", {}).items():
        table[kind][channel] = How(how)
    return table


@door.app_template_global()
def message_channels() -> dict[str, str]:
    """Every channel that is offered: its name and what it is called."""
    return {name: channel.label for name, channel in registry.offered().items()}


@door.app_template_global()
def reached_by(channel: str) -> str | None:
    """Where whoever is signed in is reached by a channel."""
    return registry.offered()[channel].address_of(session.current_user_row())


@door.app_template_global()
def kind_label(kind: str) -> str:
    """What a kind of messages is called."""
    return kinds.KINDS[kind].label if kind in kinds.KINDS else kind


@door.app_template_filter()
def message_text(message: Message) -> str:
    """What a message says, in the reader's language."""
    return kinds.said(message.kind, message.params, languages.chosen() or DEFAULT_LOCALE)


@door.app_context_processor
def _shared() -> dict[str, object]:
    return {
        "delivery_states": wording.STATES,
        "delivery_state_kinds": wording.STATE_KINDS,
        "wish_labels": preferences.HOW_LABELS,
        "duties": preferences.duties(),
        "bell_cap": queries.BELL_CAP - 1,
    }
