"""Replays: which cases, through which drawing, how far it is, what became of them, and the cases behind each number."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.catalog import code_system
from engine.catalog import queries as catalog
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.kit.paging import Page
from engine.process import drawing
from engine.studio import replaying
from engine.studio.recorded import drawing_of
from engine.studio.replay_models import Replay, ReplayState
from engine.studio.replaying import Wanted
from engine.studio.tallying import NodeTally, Tally
from web import progress, times
from web.configuration import current_config
from web.guards import requires
from web.session import current_actor
from web.studio import trying
from web.studio.door import door
from web.studio.trying import CLOCKS, SEEN_BY, Tried

PAGE_SIZE = 50
SAID_BY = {
    "act": N_("as long as this act usually takes"),
    "role": N_("as long as steps of this role usually take"),
    "clock": N_("as long as its time limit allows"),
    "nothing": N_("no time at all: neither act nor role nor limit says how long"),
}
WHICH = {
    "same": N_("Cases that go as they went"),
    "otherwise": N_("Cases that go another way"),
    "failed": N_("Cases that could not be replayed"),
    "late": N_("Cases that become overdue"),
    "relieved": N_("Cases that are no longer overdue"),
    "later": N_("Cases that are done later"),
    "before": N_("Cases that came here"),
    "after": N_("Cases that would come here"),
    "more": N_("Cases that would come here more often"),
    "fewer": N_("Cases that would come here less often"),
}
OUT_OF_TIME = {
    "before": N_("Cases in which this time limit ran out"),
    "after": N_("Cases in which this time limit would run out"),
}


@dataclass(frozen=True)
class Line:
    """One step or end: how often cases came to it, and how long they waited there each time, before and after."""

    node: str
    name: str
    tally: NodeTally
    is_end: bool
    said_by: str

    @property
    def mark(self) -> str | None:
        """How it is marked on the picture."""
        if not self.tally.before:
            return "added"
        return "changed" if self.tally.before != self.tally.after else None

    def waited(self, which: str) -> str:
        """The mean of the waits."""
        times_here = getattr(self.tally, which)
        return times.duration(getattr(self.tally, f"waited_{which}") / times_here) if times_here else "–"


@door.route("/drafts/<int:draft_id>/replays", methods=["GET", "POST"])
@requires(*SEEN_BY)
def draft_replays(draft_id: int) -> ResponseReturnValue:
    """Replay cases through a draft as it stands."""
    tried = trying.draft(draft_id)
    return _begin(tried) if request.method == "POST" else _new(tried)


@door.route("/versions/<int:definition_id>/replays", methods=["GET", "POST"])
@requires(*SEEN_BY)
def version_replays(definition_id: int) -> ResponseReturnValue:
    """Replay cases through a version."""
    tried = trying.version(definition_id)
    return _begin(tried) if request.method == "POST" else _new(tried)


@door.get("/replays/<int:replay_id>")
@requires(*SEEN_BY)
def replay(replay_id: int) -> ResponseReturnValue:
    """Progress and figures; the part that changes is asked for again every second while it runs."""
    run = replaying.get(replay_id)
    return progress.page("studio/replay.html", **_shown(run))


@door.get("/replays/<int:replay_id>/cases")
@requires(*SEEN_BY)
def replayed_cases(replay_id: int) -> ResponseReturnValue:
    """The cases behind a number. Administrators see a case's number, and nothing else of it."""
    run = replaying.get(replay_id)
    which, node = request.args.get("which", "otherwise"), request.args.get("node", "")
    limit, number = request.args.get("limit", ""), max(1, min(request.args.get("page", 1, type=int), 100_000))
    lines, total = replaying.cases(run, which, node=node, limit=limit, page=number, size=PAGE_SIZE)
    names = _names(run)
    return render_template(
        "studio/replayed_cases.html",
        run=run,
        page=Page(lines, number, PAGE_SIZE, total),
        heading=(OUT_OF_TIME if limit else WHICH)[which],
        place=_(CLOCKS.get(limit, limit)) if limit else names.get(node, node),
        names=names,
        clocks=CLOCKS,
        duration=times.duration,
    )


@door.post("/replays/<int:replay_id>/cancellation")
@requires(*SEEN_BY)
def cancel_replay(replay_id: int) -> ResponseReturnValue:
    """Leave the rest."""
    replaying.cancel(replay_id, by=current_actor(), at=clock.now())
    flash(_("Cancelled. What was replayed can be looked at."), "success")
    return redirect(url_for(".replay", replay_id=replay_id), 303)


@door.post("/replays/<int:replay_id>/continuation")
@requires(*SEEN_BY)
def continue_replay(replay_id: int) -> ResponseReturnValue:
    """Take a cancelled one up again."""
    replaying.go_on(replay_id, by=current_actor(), at=clock.now())
    flash(_("It goes on."), "success")
    return redirect(url_for(".replay", replay_id=replay_id), 303)


def _begin(tried: Tried) -> ResponseReturnValue:
    begin = replaying.of_draft if tried.version is None else replaying.of_version
    try:
        run = begin(tried.id, _wanted(), by=current_actor(), at=clock.now())
    except Invalid as refusal:
        db.session.rollback()
        return _new(tried, refusal), 422
    return redirect(url_for(".replay", replay_id=run.id), 303)


def _wanted() -> Wanted:
    """The days that were typed, both of them included. Raises Invalid."""
    begin, end = times.midnight(request.form.get("from", "")), times.midnight(request.form.get("until", ""), days=1)
    wrong = {
        name: [FieldError(N_("Please give a day."))] for name, each in (("from", begin), ("until", end)) if not each
    }
    if begin is None or end is None:
        raise Invalid(wrong)
    category = request.form.get("category", "")
    if category and not (category.isascii() and category.isdecimal() and len(category) < 10):
        raise Invalid.field("category", N_("There is no such category. Please choose one from the list."))
    return Wanted(begin, end, int(category) if category else None)


def _new(tried: Tried, refusal: Invalid | None = None) -> str:
    first, last = _last_month()
    typed = {"from": first.isoformat(), "until": last.isoformat(), "category": ""} | request.form.to_dict()
    return render_template(
        "studio/replay_new.html",
        tried=tried,
        refusal=refusal,
        typed=typed,
        categories=catalog.choices(code_system=code_system.current()),
        runs=replaying.of(tried.key),
        states=STATES,
        most=replaying.MOST_CASES,
    )


STATES = {"running": N_("under way"), "done": N_("done"), "cancelled": N_("cancelled")}


def _last_month() -> tuple[date, date]:
    last = clock.local(clock.now(), current_config().time_zone).date().replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _shown(run: Replay) -> dict[str, Any]:
    tally, kinds = Tally.from_json(run.tally), drawing_of(run.digest, run.xml).kinds
    names = _names(run)
    lines = [
        Line(node, names.get(node, node), each, kinds.get(node) == "endEvent", _said_by(tally.new_steps.get(node, {})))
        for node, each in tally.nodes.items()
    ]
    lines.sort(key=lambda line: (line.is_end, -abs(line.tally.after - line.tally.before), -line.tally.before))
    return {
        "run": run,
        "tally": tally,
        "lines": lines,
        "marks": {line.node: line.mark for line in lines if line.mark},
        "picture": drawing.read(run.xml),
        "clocks": CLOCKS,
        "clock_names": sorted({*tally.late_before, *tally.late_after}),
        "said_by": SAID_BY,
        "states": STATES,
        "is_working": run.state == ReplayState.running,
        "rate": run.done / run.seconds if run.seconds else 0,
        "faster": tally.recorded_seconds / run.seconds if run.seconds else 0,
        "last_day": run.until_at - timedelta(seconds=1),
    }


def _said_by(counts: dict[str, int]) -> str:
    return max(counts, key=lambda each: counts[each]) if counts else ""


def _names(run: Replay) -> dict[str, str]:
    """Names of the nodes: of this drawing, and of those that only the cases' own drawings had."""
    return replaying.old_names(run) | drawing_of(run.digest, run.xml).names
