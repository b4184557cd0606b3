"""How each person wants to be told: per kind and channel at once, in the daily digest, or not at all."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.notifications.channels import registry
from engine.notifications.kinds import KINDS
from engine.notifications.models import How, Preference

NEEDED = N_("This is part of your work: please leave at least one way on “at once”.")
HOW_LABELS = {How.at_once: N_("at once"), How.digest: N_("in the digest"), How.off: N_("not at all")}


@dataclass(frozen=True)
class Chosen:
    """What some people want, where it differs from what is usual."""

    rows: Mapping[tuple[int, str, str], How]

    def how(self, user_id: int, kind: str, channel: str) -> How:
        """How this person is told of this kind by this channel."""
        return self.rows.get((user_id, kind, channel)) or usual(kind, channel)


def usual(kind: str, channel: str) -> How:
    """How a kind goes out by a channel unless somebody wants it otherwise."""
    return KINDS[kind].usual.get(channel, How.at_once) if kind in KINDS else How.off


def chosen_by(user_ids: Collection[int]) -> Chosen:
    """What these people want, in one statement."""
    found = db.session.scalars(select(Preference).where(Preference.user_id.in_(user_ids)))
    return Chosen({(one.user_id, one.kind, one.channel): How(one.how) for one in found})


def table_of(user_id: int) -> dict[str, dict[str, How]]:
    """One person's wishes: kind → channel → how, for every kind that one chooses and every channel that is offered."""
    chosen = chosen_by([user_id])
    kinds = [name for name, kind in KINDS.items() if kind.is_chosen]
    return {kind: {channel: chosen.how(user_id, kind, channel) for channel in registry.offered()} for kind in kinds}


def duties() -> frozenset[str]:
    """The kinds of which one way stays on "at once"."""
    return frozenset(name for name, kind in KINDS.items() if kind.is_duty)


def choose(user_id: int, wanted: Mapping[tuple[str, str], str]) -> None:
    """Set one person's wishes, by kind and channel; what is not named stays as it is.

    Raises Invalid for a kind, a channel or a way that there is not, and, by the kind's name, where a duty would be
    told by no way at once any more.
    """
    for (kind, channel), how in wanted.items():
        if kind not in KINDS or not KINDS[kind].is_chosen or channel not in registry.offered() or how not in set(How):
            raise Invalid.field("how", N_("Please choose one of the list."))
    chosen = chosen_by([user_id])
    _check_duties(user_id, wanted, chosen)
    for (kind, channel), how in wanted.items():
        if how == chosen.how(user_id, kind, channel):
            continue
        this = (Preference.user_id == user_id, Preference.kind == kind, Preference.channel == channel)
        db.session.execute(delete(Preference).where(*this))
        if how != usual(kind, channel):
            db.session.add(Preference(user_id=user_id, kind=kind, channel=channel, how=how))
    db.session.flush()


def _check_duties(user_id: int, wanted: Mapping[tuple[str, str], str], chosen: Chosen) -> None:
    mute = [
        kind
        for kind in sorted({kind for kind, _ in wanted if KINDS[kind].is_duty})
        if all(wanted.get((kind, one), chosen.how(user_id, kind, one)) != How.at_once for one in registry.offered())
    ]
    if mute:
        raise Invalid({kind: [FieldError(NEEDED)] for kind in mute})
