"""What a table answers with: a time limit or departments, read from what was typed, and made one of several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.calendars.working_time import Limit, Unit
from engine.decisions.content import Output
from engine.decisions.vocabulary import Answers, HitPolicy
from engine.kit.cells import Refused
from engine.kit.i18n import N_

LONGEST_LIMIT = 1000
"""The same that a filing condition may give."""
UNITS = {
    Unit.urgent_hours.value: N_("urgent hours"),
    Unit.working_hours.value: N_("working hours"),
    Unit.working_days.value: N_("working days"),
    Unit.calendar_days.value: N_("calendar days"),
}


@dataclass(frozen=True)
class Outcome:
    """What was decided: a limit, or the codes of departments; neither where no row applied."""

    limit: Limit | None = None
    departments: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.limit is not None or bool(self.departments)

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a decision that was taken."""
        if self.limit is not None:
            return {"value": self.limit.value, "unit": self.limit.unit.value}
        return {"departments": list(self.departments)} if self.departments else {}


NOTHING = Outcome()


def read(output: Output, answers: Answers) -> Outcome:
    """What one row answers, or what a test case expects. Raises Refused."""
    if answers is Answers.department:
        codes = tuple(sorted({code.strip() for code in output.get("department", "").split(",")} - {""}))
        if not codes:
            raise Refused(N_("Please choose a department."))
        return Outcome(departments=codes)
    return Outcome(limit=Limit(_amount(output.get("value", "")), _unit(output.get("unit", ""))))


def of_all(found: Sequence[Outcome], policy: HitPolicy) -> Outcome:
    """One answer of all rows that apply, in their order; nothing where the hit policy is broken."""
    if not found:
        return NOTHING
    if policy is HitPolicy.first:
        return found[0]
    if policy is HitPolicy.collect:
        return Outcome(departments=tuple(sorted({code for one in found for code in one.departments})))
    if policy in {HitPolicy.collect_min, HitPolicy.collect_max}:
        return _extreme(found, is_least=policy is HitPolicy.collect_min)
    is_clear = len(found) == 1 if policy is HitPolicy.unique else len(set(found)) == 1
    return found[0] if is_clear else NOTHING


def _extreme(found: Sequence[Outcome], *, is_least: bool) -> Outcome:
    limits = [one.limit for one in found if one.limit is not None]
    # Working days and hours on the clock cannot be compared without a calendar and a beginning.
    if len({limit.unit for limit in limits}) != 1:
        return NOTHING
    chosen = (min if is_least else max)(limits, key=lambda limit: limit.value)
    return Outcome(limit=chosen)


def _amount(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise Refused(N_("A number is needed.")) from error
    if not 0 < value <= LONGEST_LIMIT:
        raise Refused(N_("The limit must be between 0 and 1000."))
    return value


def _unit(text: str) -> Unit:
    if text not in UNITS:
        raise Refused(N_("Please choose a unit."))
    return Unit(text)
