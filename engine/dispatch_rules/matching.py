"""Which department answers for a problem, and why: every rule that was considered says so in words.

How it is decided: of the rules that match, those with the lowest priority number are the candidates; the others are not
asked. Being more specific silences nobody: a rule for one street beats a rule for the whole city only if its priority
number is lower. If all candidates name one department, the case is dispatched automatically, provided that each of them
allows it. If they name several, or nothing matches, a person dispatches. What a meeting confirmed (``ownership``) comes
before all rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from engine.catalog import mapping
from engine.catalog.models import Category
from engine.dispatch_rules import ownership
from engine.dispatch_rules.answers import CHINA, Explanation, Objection, Question, Verdict
from engine.dispatch_rules.models import DispatchRule
from engine.dispatch_rules.ownership import Ruling
from engine.grids.models import ResponsibilityGrid
from engine.kit.db import db, today
from engine.kit.i18n import N_
from engine.organization.models import Department

VERDICT_CAP = 20

Considered = tuple[DispatchRule, list[Objection]]
"""A rule that was asked, and everything that speaks against it."""


@dataclass(frozen=True)
class _Subject:
    """The category under one code system: a rule may speak of it in either."""

    category_id: int | None
    code_system: str | None
    kind: str | None
    major_code: str | None


def explain(question: Question) -> Explanation:
    """Which rule applies, whether that settles it, and what each rule that was near says. Changes nothing.

    Four statements, however many rules there are; at most ``VERDICT_CAP`` verdicts: what was confirmed, then the rules
    that match first.
    """
    subjects = _subjects(question)
    day = today(question.at, CHINA)
    considered = [(rule, _objections(rule, question, subjects, day)) for rule in _near(subjects)]
    matching = [rule for rule, objections in considered if not objections]
    first = min((rule.priority for rule in matching), default=0)
    candidates = sorted((rule for rule in matching if rule.priority == first), key=lambda rule: rule.number)
    rulings = ownership.rulings(question, {one.category_id for one in subjects if one.category_id is not None}, day)
    if rulings and rulings[0].objection is None:
        return _as_confirmed(rulings, considered)
    why_not, params = _why_not(candidates)
    return Explanation(
        winner=candidates[0] if len({rule.department_id for rule in candidates}) == 1 else None,
        is_automatic=why_not is None,
        why_not=why_not,
        params=params,
        department_ids=tuple(dict.fromkeys(rule.department_id for rule in candidates)),
        verdicts=[ruling.verdict(comes_first=False) for ruling in rulings] + _verdicts(considered, candidates),
    )


def _as_confirmed(rulings: Sequence[Ruling], considered: Sequence[Considered]) -> Explanation:
    """What a meeting decided comes before every rule, and settles it: what rules say is still told."""
    winner = rulings[0]
    said = [ruling.verdict(comes_first=ruling is winner) for ruling in rulings]
    return Explanation(
        winner=None,
        is_automatic=True,
        why_not=None,
        params={},
        department_ids=(winner.department.id,),
        verdicts=[*said, *_verdicts(considered, ())][:VERDICT_CAP],
        ownership=winner.row,
    )


def question_about(
    category: Category,
    *,
    at: datetime,
    region_code: str | None = None,
    street_code: str | None = None,
    responsibility_grid_id: int | None = None,
    owner_department_id: int | None = None,
    component_codes: tuple[str, ...] = (),
) -> Question:
    """The question for a category at a place."""
    return Question(
        category.id,
        category.code_system,
        category.kind,
        category.major_code,
        region_code,
        street_code,
        responsibility_grid_id,
        owner_department_id,
        component_codes,
        at=at,
    )


def _subjects(question: Question) -> list[_Subject]:
    """The category as asked, and its counterpart in the other national system."""
    asked = _Subject(question.category_id, question.code_system, question.kind, question.major_code)
    category = db.session.get(Category, question.category_id) if question.category_id else None
    other = mapping.counterpart(category) if category else None
    return [asked, _Subject(other.id, other.code_system, other.kind, other.major_code)] if other else [asked]


def _near(subjects: Sequence[_Subject]) -> Sequence[DispatchRule]:
    """Rules in force that are for the category, for its major, or for any category at all.

    Rules of other categories are left out in the database: five thousand of them would only say so one by one.
    """
    return db.session.scalars(
        select(DispatchRule)
        .where(DispatchRule.superseded_at.is_(None), or_(*(_may_concern(subject) for subject in subjects)))
        .options(joinedload(DispatchRule.department), joinedload(DispatchRule.category))
        .order_by(DispatchRule.priority, DispatchRule.number)
    ).all()


def _may_concern(subject: _Subject) -> ColumnElement[bool]:
    rule = DispatchRule
    by_major = and_(
        rule.category_id.is_(None),
        or_(rule.code_system.is_(None), rule.code_system == subject.code_system),
        or_(rule.major_code.is_(None), rule.major_code == subject.major_code),
    )
    sibling = and_(
        Category.code_system == subject.code_system,
        Category.kind == subject.kind,
        Category.major_code == subject.major_code,
    )
    # Rules of a few sibling categories stay in, so that "it is for another category" can be seen.
    siblings = select(rule.id).join(Category, rule.category_id == Category.id).where(sibling).order_by(rule.priority)
    return or_(rule.category_id == subject.category_id, by_major, rule.id.in_(siblings.limit(VERDICT_CAP)))


def _objections(rule: DispatchRule, question: Question, subjects: Sequence[_Subject], day: date) -> list[Objection]:
    """Why the rule does not apply, most telling first; empty when it does."""
    found = [
        _about_category(rule, subjects),
        *_about_place(rule, question),
        _about_owner(rule, question),
        _about_time(rule, day),
        _about_department(rule),
    ]
    return [objection for objection in found if objection]


def _about_category(rule: DispatchRule, subjects: Sequence[_Subject]) -> Objection | None:
    if any(_fits(rule, subject) for subject in subjects):
        return None
    if rule.category is not None:
        return N_("It is for another category: %(name)s."), {"name": rule.category.name}
    if rule.major_code is not None:
        return N_("It is for another major: %(code)s."), {"code": rule.major_code}
    return N_("It is for the other kind of problem."), {}


def _fits(rule: DispatchRule, subject: _Subject) -> bool:
    if rule.category_id is not None:
        return rule.category_id == subject.category_id
    asked = ((rule.code_system, subject.code_system), (rule.kind, subject.kind), (rule.major_code, subject.major_code))
    return all(wanted is None or wanted == actual for wanted, actual in asked)


def _about_place(rule: DispatchRule, question: Question) -> list[Objection | None]:
    found: list[Objection | None] = []
    if rule.region_code not in {None, question.region_code}:
        found.append((N_("It is for another district: %(code)s."), {"code": rule.region_code}))
    if rule.street_code not in {None, question.street_code}:
        found.append((N_("It is for another street: %(code)s."), {"code": rule.street_code}))
    if rule.responsibility_grid_id not in {None, question.responsibility_grid_id}:
        grid = db.session.get(ResponsibilityGrid, rule.responsibility_grid_id)
        found.append((N_("It is for another responsibility grid: %(code)s."), {"code": grid.code if grid else ""}))
    return found


def _about_owner(rule: DispatchRule, question: Question) -> Objection | None:
    if rule.owner_department_id in {None, question.owner_department_id}:
        return None
    owner = db.session.get(Department, rule.owner_department_id)
    return N_("It is for components owned by %(name)s."), {"name": owner.short_name if owner else ""}


def _about_time(rule: DispatchRule, day: date) -> Objection | None:
    if not rule.is_active:
        return N_("It is switched off."), {}
    return ownership.about_time(rule.valid_from, rule.valid_to, day)


def _about_department(rule: DispatchRule) -> Objection | None:
    """A closed department gets nothing; its successor must be put into a new version of the rule by a person."""
    department = rule.department
    if department.is_active:
        return None
    successor = db.session.get(Department, department.successor_id) if department.successor_id else None
    if successor is None:
        return N_("%(name)s is closed."), {"name": department.short_name}
    text = N_("%(name)s was merged into %(successor)s; the rule needs a new version.")
    return text, {"name": department.short_name, "successor": successor.short_name}


def _why_not(candidates: Sequence[DispatchRule]) -> Objection | tuple[None, dict[str, Any]]:
    if not candidates:
        return N_("No rule applies."), {}
    names = list(dict.fromkeys(rule.department.short_name for rule in candidates))
    if len({rule.department_id for rule in candidates}) > 1:
        return N_("Several departments answer for it: %(names)s."), {"names": "、".join(names)}
    wary = [rule for rule in candidates if not rule.allows_auto]
    if wary:
        return N_("Rule %(number)s does not allow automatic dispatch."), {"number": wary[0].number}
    return None, {}


def _verdicts(considered: Sequence[Considered], candidates: Sequence[DispatchRule]) -> list[Verdict]:
    """Candidates first, then rules that matched but come later, then those that failed, the fewest objections first."""
    chosen = {rule.id for rule in candidates}
    order = sorted(considered, key=lambda pair: (pair[0].id not in chosen, len(pair[1]), pair[0].priority))
    return [_verdict(rule, objections, candidates) for rule, objections in order[:VERDICT_CAP]]


def _verdict(rule: DispatchRule, objections: list[Objection], candidates: Sequence[DispatchRule]) -> Verdict:
    if objections:
        reason, params = objections[0]
    elif rule in candidates:
        reason, params = N_("It applies."), {}
    elif not candidates:
        reason, params = N_("It would apply, but the confirmed ownership comes first."), {}
    else:
        reason, params = N_("It would apply, but rule %(number)s comes first."), {"number": candidates[0].number}
    return Verdict(
        rule.id,
        rule.number,
        rule.version,
        rule.priority,
        rule.department_id,
        rule.department.short_name,
        not objections,
        reason,
        params,
    )
