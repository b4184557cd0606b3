"""What simulated people decide: for each step, one of the acts that are on offer there, with its form filled in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from engine.access.actors import Actor
from engine.cases import adjusting, assignment, dispatching, duplicates, ownership, reporting, returning
from engine.cases.adjustment_models import AdjustmentKind
from engine.cases.models import Case, Stage
from engine.cases.round_models import Return
from engine.kit.db import db
from engine.organization.models import Department
from engine.simulation import places, problems
from engine.simulation.temperament import Temperament


@dataclass(frozen=True)
class Choice:
    """An act by its name, and what is filled in; ``photos`` is the phase under which one photo is handed in."""

    act: str
    values: dict[str, Any] = field(default_factory=dict)
    photos: str | None = None


@dataclass(frozen=True)
class Occasion:
    """A step that somebody does now."""

    case: Case
    by: Actor
    at: datetime
    random: Random
    temper: Temperament
    problems: Sequence[problems.Known]

    def happens(self, share: float) -> bool:
        """Does something that has this share happen now?"""
        return self.random.random() < share


def decide(act: str | None, occasion: Occasion) -> Choice:
    """What is done in a step whose ``act`` (of the drawing) is given; a step that no code knows is just finished."""
    decision = _DECISIONS.get(act or "")
    return decision(occasion) if decision else Choice("step", {"outcome": "done"})


def ask_for_time(act: str, o: Occasion) -> Choice | None:
    """What a clerk asks for besides, having assigned a case: more time for it, or that it may rest."""
    case = o.case
    if act != "assignment" or case.is_urgent or case.amber_at is None or o.at >= case.amber_at:
        return None
    if adjusting.pending(case) is not None:
        # Assigned anew while what was asked before is still being decided.
        return None
    if o.happens(o.temper.asks_to_extend) and case.extension_count < 1:
        reason = o.random.choice(("complex", "materials", "coordination"))
        return Choice("extension", {"reason": reason, "value": None, "note": "工作量较大，需延长处置时间"})
    if o.happens(o.temper.asks_to_suspend) and not adjusting.count_granted(case, AdjustmentKind.suspension):
        values = {
            "reason": o.random.choice(("season", "works", "funds")),
            "until": o.at.date() + timedelta(days=o.random.randrange(10, 60)),
            "safety_measure": "已设置围挡和警示标志，安排专人巡查",
            "note": "暂不具备处置条件，申请挂账",
        }
        return Choice("suspension", values, "suspension")
    return None


def _review_extension(o: Occasion) -> Choice:
    if o.happens(o.temper.adjustment_refused):
        return Choice("extension_refusal", {"note": "理由不充分，请按期处置"})
    return Choice("extension_approval", {"note": "情况属实，同意延期"})


def _review_suspension(o: Occasion) -> Choice:
    if o.happens(o.temper.adjustment_refused):
        return Choice("suspension_refusal", {"note": "具备处置条件，不予挂账"})
    return Choice("suspension_approval", {"note": "同意挂账，做好安全防护"})


def _review_appeal(o: Occasion) -> Choice:
    if o.happens(o.temper.adjustment_refused):
        return Choice("appeal_refusal", {"note": "所述理由不影响按期处置，维持超期认定"})
    return Choice("appeal_approval", {"note": "经核实情况属实，不计超期"})


def _lift(_: Occasion) -> Choice:
    return Choice("suspension_lift", {"note": "已具备处置条件"})


def _accept(o: Occasion) -> Choice:
    case = o.case
    if case.confirmation_result in {"untrue", "gone"}:
        reason = "untrue" if case.confirmation_result == "untrue" else "already_resolved"
        return Choice("rejection", {"reason": reason, "note": "采集员现场核实，问题不成立"})
    if case.confirmation_result is None and o.happens(o.temper.rejected):
        return Choice(
            "rejection",
            {"reason": o.random.choice(("below_criteria", "not_city_management")), "note": "不符合立案条件"},
        )
    if o.happens(o.temper.transferred):
        return Choice(
            "transfer",
            {
                "destination": "12345 政务服务便民热线",
                "destination_number": f"{o.at:%Y%m%d}{o.random.randrange(10000):04}",
            },
        )
    if (earlier := _earlier(o)) is not None:
        return Choice("merger", {"into_number": earlier.number, "note": "与在办案件为同一问题"})
    unseen = reporting.needs_confirmation(case) or case.lng is None
    if unseen and case.confirmation_result is None:
        return Choice("confirmation_request", {"note": "请现场核实"})
    return _propose(o)


def _earlier(o: Occasion) -> Case | None:
    found = [near.case for near in duplicates.near(o.case, o.by, at=o.at, limit=3)]
    usable = [one for one in found if one.category_id == o.case.category_id
              and one.stage in Stage.open_stages()]  # fmt: skip
    return usable[0] if usable and o.happens(o.temper.merged) else None


def _propose(o: Occasion) -> Choice:
    return Choice("filing_proposal", _category(o) | {"is_urgent": False, "note": ""})


def _category(o: Occasion) -> dict[str, Any]:
    """The category of the report where it has one with a filing condition, else what its words sound like."""
    category_id, condition = o.case.category_id, None
    if category_id is not None:
        condition = problems.condition_of(category_id, o.random)
    if condition is None:
        category_id = problems.recognise(f"{o.case.title} {o.case.description}", o.problems, o.random).category
        condition = problems.condition_of(category_id, o.random)
    return {"category_id": category_id, "filing_condition_id": condition.id if condition else None,
            "area_class": o.case.area_class}  # fmt: skip


def _confirm(o: Occasion) -> Choice:
    draw = o.random.random()
    result = "untrue" if draw < o.temper.untrue else "gone" if draw < o.temper.untrue + o.temper.gone else "true"
    values: dict[str, Any] = {"result": result, "note": "现场属实" if result == "true" else "现场未发现该问题"}
    if o.case.lng is None:
        values["point"] = places.somewhere(o.random, within=o.case.street_code or o.case.region_code)
    return Choice("confirmation", values, "confirmation")


def _file(o: Occasion) -> Choice:
    if o.happens(o.temper.sent_back):
        return Choice("filing_return", {"note": "请补充位置说明"})
    if o.happens(o.temper.refused_filing):
        return Choice("filing_rejection", {"reason": "below_criteria", "note": "未达到立案标准"})
    return Choice("filing")


def _file_afterwards(o: Occasion) -> Choice:
    return Choice("late_filing", _category(o) | {"note": "特急案件补办立案"})


def _dispatch(o: Occasion) -> Choice:
    return Choice("dispatch", {"department_id": _department(o), "note": ""})


def _department(o: Occasion) -> int:
    """One that the authority list names and that has not given the case back yet; else any that handles cases there."""
    explanation = dispatching.explain(o.case, o.at)
    gave_back = set(
        db.session.scalars(
            select(Return.department_id).where(Return.case_id == o.case.id, Return.decision == "granted")
        )
    )
    named = [one for one in (explanation.department_ids if explanation else ()) if one not in gave_back]
    return o.random.choice(named or _nearby_departments(o.case, gave_back))


def _nearby_departments(case: Case, not_these: set[int]) -> list[int]:
    """Offices of the case's street and district, or, where it has no place, bureaus of the city."""
    handles = select(Department).where(Department.is_active, Department.kind != "center").order_by(Department.id)
    everybody = [one for one in db.session.scalars(handles) if one.id not in not_these]
    codes = {case.street_code, case.region_code} - {None}
    here = [one.id for one in everybody if one.region_code in codes]
    return here or [one.id for one in everybody if one.kind == "municipal"] or [one.id for one in everybody]


def _sign(o: Occasion) -> Choice:
    return _return_request(o) or Choice("signing")


def _return_request(o: Occasion) -> Choice | None:
    if not o.happens(o.temper.asks_to_return) or o.case.is_urgent:
        return None
    if not returning.may_request(o.case) or not returning.is_in_time(o.case, o.at):
        return None
    reason = o.random.choice(("not_our_duty", "not_our_duty", "wrong_location", "conditions_not_met"))
    return Choice("return_request", {"reason": reason, "note": "经现场查看，不属于我单位职责范围"})


def _assign(o: Occasion) -> Choice:
    handlers = assignment.handlers(o.case)
    if not handlers:
        return Choice("return_request", {"reason": "not_our_duty", "note": "本单位无处置人员"})
    return Choice("assignment", {"handler_id": o.random.choice(handlers).id})


def _handle(o: Occasion) -> Choice:
    if o.happens(o.temper.handed_back):
        return Choice("hand_back", {"note": "今日外出作业，无法处置"})
    return Choice(
        "handling", {"note": o.random.choice(("已清理完毕", "已整改到位", "已修复", "已劝离并恢复原状"))}, "after"
    )


def _give_feedback(o: Occasion) -> Choice:
    if o.happens(o.temper.redone):
        return Choice("redo", {"note": "照片角度不符，请重新处置"})
    return Choice("feedback", {"note": "已处置完毕，请核查"})


def _review_return(o: Occasion) -> Choice:
    if o.happens(o.temper.return_granted):
        return Choice("return_grant", {"note": "同意退单，重新派遣"})
    return Choice("return_refusal", {"note": "属于你单位职责，请尽快处置"})


def _arbitrate(o: Occasion) -> Choice:
    number = f"临城指〔{o.at:%Y}〕{o.random.randrange(1, 90)}号"
    decided = {"department_id": _department(o), "authorised_by": "钱指挥", "minutes_number": number}
    return Choice("arbitration", decided | {"remember": ownership.proposed(o.case).value})


def _review_feedback(o: Occasion) -> Choice:
    if o.happens(o.temper.refused_feedback):
        return Choice("feedback_refusal", {"note": "处置照片不清晰，无法判断"})
    return Choice("feedback_acceptance")


def _verify(o: Occasion) -> Choice:
    if o.happens(o.temper.failed):
        return Choice("verification", {"result": "failed", "note": "现场仍有残留"}, "verification")
    return Choice("verification", {"result": "passed", "note": "现场已整改"}, "verification")


def _close(o: Occasion) -> Choice:
    if o.happens(o.temper.sent_to_rework):
        return Choice("rework", {"reason": "核查照片显示整改不彻底"})
    return Choice("closure", {"result": "resolved"})


def _review_self_handling(o: Occasion) -> Choice:
    if o.happens(o.temper.refused_self_handling):
        return Choice("self_handling_refusal", {"note": "未见整改后照片"})
    return Choice("self_handling_approval")


def _call_back(o: Occasion) -> Choice:
    if o.happens(o.temper.unreachable):
        return Choice("call_back", {"answer": "unreachable", "is_justified": False, "note": "三次拨打无人接听"})
    if o.happens(o.temper.dissatisfied):
        justified = o.case.reopen_count == 0 and o.happens(o.temper.justified)
        note = "问题再次出现" if justified else "对处置速度不满意"
        return Choice("call_back", {"answer": "dissatisfied", "is_justified": justified, "note": note})
    answer = o.random.choice(("satisfied", "satisfied", "fairly_satisfied"))
    return Choice("call_back", {"answer": answer, "is_justified": False})


def _tell(o: Occasion) -> Choice:
    if o.happens(o.temper.unreachable):
        return Choice("notice", {"answer": "unreachable", "note": "三次拨打无人接听，已发短信"})
    if o.happens(o.temper.dissatisfied):
        return Choice("notice", {"answer": "disagrees", "note": "来电人坚持要求办理"})
    return Choice("notice", {"answer": "told"})


def _receive_receipt(o: Occasion) -> Choice:
    return Choice("receipt", {"answer": "received", "number": f"HZ{o.case.id:06d}"})


_DECISIONS: dict[str, Callable[[Occasion], Choice]] = {
    "acceptance": _accept,
    "confirmation": _confirm,
    "filing": _file,
    "late_filing": _file_afterwards,
    "dispatching": _dispatch,
    "signing": _sign,
    "assignment": _assign,
    "handling": _handle,
    "feedback": _give_feedback,
    "return_review": _review_return,
    "arbitration": _arbitrate,
    "feedback_review": _review_feedback,
    "verification": _verify,
    "closure": _close,
    "self_handling_review": _review_self_handling,
    "call_back": _call_back,
    "notice": _tell,
    "receipt": _receive_receipt,
    "extension_review": _review_extension,
    "suspension_review": _review_suspension,
    "appeal_review": _review_appeal,
    "suspension": _lift,
}
