"""What a statistic shows: its rows, columns, figures, filters and period; as plain data, and whether it makes sense."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from engine.evaluation import dimensions, slices
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.statistics import measures, spans
from engine.statistics.measures import Measure

MOST_MEASURES = 12
MOST_SLICES = 92
"""Rows or columns of days, weeks or months: a quarter of days."""
FILTERS = ("department", "region", "category", "kind", "source", "stage")
"""The dimensions that a statistic can keep to some keys of."""
ORDERS = ("names", "figures")


@dataclass(frozen=True)
class Layout:
    """``rows`` and ``columns`` name dimensions or kinds of slices; empty ``columns``: a column for each figure.

    ``figures`` are names of measures, the leading one first: charts show it, and rows may be in its order. ``period``
    is a kind of ``spans``; readers may choose another one where ``is_period_free``.
    """

    rows: str
    figures: tuple[str, ...]
    columns: str = ""
    filters: dict[str, list[str]] = field(default_factory=dict)
    order: str = "names"
    has_chart: bool = True
    period: str = "last_month"
    is_period_free: bool = True

    @property
    def measures(self) -> list[Measure]:
        """The figures; one that the program no longer has is left out."""
        return [measures.ALL[name] for name in self.figures if name in measures.ALL]

    def as_json(self) -> dict[str, Any]:
        """Plain data, as it is kept."""
        return {**asdict(self), "figures": list(self.figures)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Layout":
        """What ``as_json`` wrote."""
        return cls(**{**data, "figures": tuple(data["figures"])})

    def check(self) -> None:
        """Raises Invalid with a sentence beside each field that makes no sense."""
        found = [*self._wrong_lines(), *self._wrong_figures(), *self._wrong_period()]
        if found:
            raise Invalid({name: [FieldError(text, params)] for name, text, params in reversed(found)})

    def _wrong_lines(self) -> list[tuple[str, str, dict[str, Any]]]:
        known = (*dimensions.ALL, *slices.KINDS)
        if self.rows not in known:
            return [("rows", N_("Please choose one of the offered values."), {})]
        if self.columns and self.columns not in known:
            return [("columns", N_("Please choose one of the offered values."), {})]
        if self.columns == self.rows:
            return [("columns", N_("Rows and columns must tell different things apart."), {})]
        if self.columns in slices.KINDS and self.rows in slices.KINDS:
            return [("columns", N_("Only rows or columns can be days, weeks or months, not both."), {})]
        return []

    def _wrong_figures(self) -> list[tuple[str, str, dict[str, Any]]]:
        if not self.figures or any(name not in measures.ALL for name in self.figures):
            return [("leading", N_("Please choose one of the offered values."), {})]
        if len(self.figures) > MOST_MEASURES:
            return [("counts", N_("At most %(most)s figures in one table."), {"most": MOST_MEASURES})]
        if self.columns and len(self.figures) > 1:
            text = N_("With columns, the table shows the leading figure alone: please untick the others.")
            return [("columns", text, {})]
        if self.slicing and not all(one.needs_moments for one in self.measures):
            return [("rows", N_("What is open now belongs to no day, week or month: please untick it."), {})]
        return []

    def _wrong_period(self) -> list[tuple[str, str, dict[str, Any]]]:
        if self.period not in spans.KINDS:
            return [("period", N_("Please choose one of the offered values."), {})]
        # The longest that this kind of period can be: a leap year.
        first, last = spans.days(self.period, date(2024, 7, 31))
        if self.slicing == "day" and (last - first).days >= MOST_SLICES:
            return [
                (
                    "period",
                    N_("At most %(most)s days can be shown: please choose weeks or months."),
                    {"most": MOST_SLICES},
                )
            ]
        return []

    @property
    def slicing(self) -> str:
        """The kind of slices among rows and columns; empty where there is none."""
        return next((name for name in (self.rows, self.columns) if name in slices.KINDS), "")
