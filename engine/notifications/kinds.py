"""The kinds of messages: what each says, and how it goes out unless its reader wants it otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.kit.i18n import N_, translate
from engine.notifications.models import How

AT_ONCE = {"email": How.at_once, "sms": How.at_once, "chat": How.at_once}
WRITTEN = {"email": How.at_once, "sms": How.off, "chat": How.at_once}
INSIDE = {"email": How.off, "sms": How.off, "chat": How.off}
GATHERED = {"email": How.digest, "sms": How.off, "chat": How.at_once}


@dataclass(frozen=True)
class Kind:
    """One kind. ``sentence`` is a msgid with places; those named in ``worded`` are msgids themselves.

    Nothing that a reporter typed or is called ever stands in it: messages leave the building.
    """

    name: str
    label: str
    sentence: str
    usual: Mapping[str, How] = field(default_factory=lambda: WRITTEN)
    worded: tuple[str, ...] = ()
    wakes: bool = False
    """It goes out in quiet hours too."""
    is_duty: bool = False
    """Nobody may switch it off everywhere: by one way he is told at once."""
    is_chosen: bool = True
    """Each says himself how he wants it; otherwise the city's settings say who gets it."""

    def said(self, params: Mapping[str, Any], locale: str) -> str:
        """The sentence in the reader's language."""
        given = {
            name: translate(str(value), locale) if name in self.worded else value for name, value in params.items()
        }
        return translate(self.sentence, locale, **given)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("step_given", N_("Work that comes to me or my department"), N_("%(step)s: case %(number)s, %(category)s"),
             GATHERED),
        Kind("step_taken", N_("Work of mine that goes to somebody else"),
             N_("Not yours any more: %(step)s, case %(number)s, %(category)s"), GATHERED),
        Kind("returned", N_("Cases that a department gives back"),
             N_("%(step)s: a department gives back case %(number)s, %(category)s")),
        Kind("urged", N_("Urging"), N_("Please hurry: case %(number)s, %(category)s"), AT_ONCE,
             is_duty=True),
        Kind("escalated", N_("Late cases that are escalated"),
             N_("Case %(number)s, %(category)s, is late; you are told as the ladder says"), AT_ONCE,
             is_duty=True),
        Kind("order_issued", N_("Supervision orders"),
             N_("Supervision order %(order)s on case %(number)s: a written answer is needed"), AT_ONCE,
             is_duty=True),
        Kind("order_replied", N_("Answers to supervision orders"),
             N_("Supervision order %(order)s on case %(number)s has been answered")),
        Kind("order_reviewed", N_("What becomes of my answers"),
             N_("Supervision order %(order)s on case %(number)s: %(outcome)s"), worded=("outcome",)),
        Kind("adjustment_requested", N_("Requests for extensions, suspensions and appeals"),
             N_("%(step)s: case %(number)s, %(category)s"), GATHERED),
        Kind("adjustment_decided", N_("Decisions on what I asked for"),
             N_("%(adjustment)s for case %(number)s: %(outcome)s"), worded=("adjustment", "outcome")),
        Kind("year_missing", N_("Calendars without their next year"),
             N_("The calendar “%(calendar)s” lacks %(years)s: time limits that run into it are provisional"), GATHERED),
        Kind("incident", N_("Incidents of the workers"), N_("The workers failed at “%(node)s” and need your help"),
             WRITTEN, wakes=True, is_duty=True),
        Kind("export_ready", N_("Exports that are ready"), N_("Your export of %(count)s cases is ready"), INSIDE),
        Kind("draft_submitted", N_("Drawings of processes that wait for a review"),
             N_("“%(drawing)s” waits for a second person: please review the drawing")),
        Kind("draft_returned", N_("Drawings that a review returns"),
             N_("“%(drawing)s” has been returned: why stands beside the drawing")),
        Kind("draft_published", N_("Drawings that a review puts in force"),
             N_("“%(drawing)s” has been agreed to, and is in force as version %(version)s")),
        Kind("assessment", N_("Monthly assessment"), N_("The monthly assessment of %(month)s"),
             is_chosen=False),
    )
}  # fmt: skip


def said(kind: str, params: Mapping[str, Any], locale: str) -> str:
    """The sentence of a message; a kind that this version does not know any more says so by its name."""
    known = KINDS.get(kind)
    return known.said(params, locale) if known else kind
