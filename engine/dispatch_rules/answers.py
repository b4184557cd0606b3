"""What is asked about a problem, and what comes back: which department answers for it, and what everything said."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.dispatch_rules.models import ConfirmedOwnership, DispatchRule
from engine.kit.i18n import translate

CHINA = ZoneInfo("Asia/Shanghai")
"""All of China keeps one time; a rule is valid by days."""

Objection = tuple[str, dict[str, Any]]
"""Why something does not apply: a msgid and its params."""


@dataclass(frozen=True)
class Question:
    """What is known of a problem: its category (all four fields of it), its place, who owns the component, and when."""

    category_id: int | None
    code_system: str | None
    kind: str | None
    major_code: str | None
    region_code: str | None = None
    street_code: str | None = None
    responsibility_grid_id: int | None = None
    owner_department_id: int | None = None
    component_codes: tuple[str, ...] = ()
    """The component's identification code, and the one it had before: minutes may name either."""
    at: datetime = field(kw_only=True)


@dataclass(frozen=True)
class Verdict:
    """What one rule, or one confirmed ownership, says: ``reason`` is a msgid with places for ``params``."""

    rule_id: int | None
    """None where a confirmed ownership speaks; so with the three below."""
    number: int | None
    version: int | None
    priority: int | None
    department_id: int
    department_name: str
    matched: bool
    reason: str
    params: dict[str, Any] = field(default_factory=dict)
    ownership_id: int | None = None

    def sentence(self, locale: str) -> str:
        """The reason in ``locale``."""
        return translate(self.reason, locale, **self.params)


@dataclass(frozen=True)
class Explanation:
    """The answer. ``department_ids`` are those that a person chooses between, the winner's alone or several or none."""

    winner: DispatchRule | None
    """The rule that settles it; None also where a confirmed ownership does, which comes before every rule."""
    is_automatic: bool
    why_not: str | None
    params: dict[str, Any]
    department_ids: tuple[int, ...]
    verdicts: list[Verdict]
    ownership: ConfirmedOwnership | None = None

    @property
    def department_id(self) -> int | None:
        """The one department that is named, whether or not a person has to confirm it."""
        return self.department_ids[0] if len(self.department_ids) == 1 else None

    def as_json(self) -> list[dict[str, Any]]:
        """The verdicts as they are kept with a dispatch."""
        return [asdict(verdict) for verdict in self.verdicts]
