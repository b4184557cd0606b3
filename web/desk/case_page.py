"""The page of one case: everything that one must see to decide, and the acts that its reader may do now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from engine.access.actors import Actor
from engine.cases import acts, duplicates, policy, queries, reporters, reporting, steps, worklist
from engine.cases.acts import Offer
from engine.cases.duplicates import Near
from engine.cases.errors import CaseNotFound
from engine.cases.models import Case, CaseReporter, Source
from engine.cases.worklist import Work, WorkFilter
from engine.components import queries as components
from engine.grids import queries as grids
from engine.kit import clock
from web.desk import adjustments, clock_bar, drawing, evidence, history, holders, why
from web.desk.door import door
from web.guards import requires
from web.session import current_actor
from web.supervision import case_acts, phrasing


@dataclass(frozen=True)
class Offers:
    """The acts of a reader: the one to do next, the others, and those that are asked twice."""

    first: Offer | None
    others: list[Offer]
    grave: list[Offer]


@door.get("/cases/<int:case_id>")
@requires()
def case(case_id: int) -> ResponseReturnValue:
    """What a case is, where it stands, and what can be done."""
    return page(queries.get(case_id, current_actor()))


def page(case: Case, reporter: CaseReporter | None = None) -> str:
    """The page of ``case``; with ``reporter``, the citizen's data that has just been revealed."""
    actor, at = current_actor(), clock.now()
    tasks = steps.open_steps(case)
    offered = acts.offers(case, tasks, actor, at)
    return render_template(
        "desk/case.html",
        case=case,
        tasks=tasks,
        offers=_sorted(case, offered),
        holders=holders.of(case, [task for task in tasks if not policy.is_held(case, task)]),
        adjustments=adjustments.of(case),
        bars=clock_bar.of(case, at),
        evidence=evidence.of(case),
        history=history.of(case),
        drawing=drawing.of(case),
        following=_following(case, actor, at),
        reporter=reporter or _masked(case),
        is_revealed=reporter is not None,
        may_reveal=policy.may_reveal_reporter(actor),
        near=_near(case, offered, actor, at),
        explanation=why.of(case, tasks, actor, at),
        supervised=case_acts.of(case, actor),
        supervised_at=at,
        order_states=phrasing.ORDER_STATES,
        **_places(case),
        **_related(case, actor),
    )


def _sorted(case: Case, offered: Sequence[Offer]) -> Offers:
    """The likely act first: a report that must be confirmed on site is not filed before."""
    gentle = [offer for offer in offered if not offer.act.is_grave]
    if reporting.needs_confirmation(case) and case.confirmation_result is None:
        gentle.sort(key=lambda offer: offer.act.name != "confirmation_request")
    if gentle and gentle[0].task is not None:
        return Offers(gentle[0], gentle[1:], [offer for offer in offered if offer.act.is_grave])
    return Offers(None, gentle, [offer for offer in offered if offer.act.is_grave])


def _masked(case: Case) -> CaseReporter | None:
    return reporters.masked(case) if case.source in Source.from_public() else None


def _near(case: Case, offered: Sequence[Offer], actor: Actor, at: datetime) -> list[Near]:
    """Only where the reader could merge."""
    return duplicates.near(case, actor, at=at) if any(offer.act.name == "merger" for offer in offered) else []


def _following(case: Case, actor: Actor, at: datetime) -> Work | None:
    """The next thing in my work, other than this case."""
    found = worklist.find(WorkFilter(), actor, at=at, size=2)
    return next((work for work in found.rows if work.case.id != case.id), None)


def _places(case: Case) -> dict[str, Any]:
    codes = {code for code in (case.region_code, case.street_code) if code}
    return {
        "regions": grids.names_of(codes),
        "component": components.get(case.component_id) if case.component_id else None,
    }


def _related(case: Case, actor: Actor) -> dict[str, Any]:
    merged = queries.merged_into(case, actor)
    # Those who see the whole city see them all: nothing is left to be counted.
    unseen = 0 if actor.reach.city else queries.count_merged_into(case) - len(merged)
    return {"merged": merged, "unseen": unseen, "leading": _leading(case, actor)}


def _leading(case: Case, actor: Actor) -> Case | None:
    if case.merged_into_id is None:
        return None
    try:
        return queries.get(case.merged_into_id, actor)
    except CaseNotFound:
        return None
