"""Bars and lines as reports draw them: ECharts options, plain JSON, the same in a page and on paper.

The number stands on the mark, the name beside it; there is no legend where a title can say it.
"""

from decimal import Decimal
from typing import Any

ACCENT, LIGHT, QUIET, LINE, AMBER = "#0b62c4", "#9dbfe6", "#5b6672", "#dde1e6", "#c25700"
FONT = "Noto Sans SC, Noto Sans SC Variable, PingFang SC, Microsoft YaHei, sans-serif"
"""The first is the one on paper; browsers take what they have."""
TEXT = {"fontFamily": FONT, "fontSize": 11, "color": "#1f2933"}
ROW = 24
"""Height of one bar with its gap, in CSS pixels."""

Option = dict[str, Any]


def ranked_bars(
    names: list[str],
    values: list[float | Decimal | None],
    *,
    unit: str = "",
    target: float | None = None,
    target_name: str = "",
) -> Option:
    """Horizontal bars from the top down, a number at the end of each; a dashed line where there is a target."""
    series: Option = {"type": "bar", "barWidth": 14, "data": [_bar(value, target) for value in values]}
    if target is not None:
        series["markLine"] = _target(target, target_name, "xAxis")
        series["markLine"]["label"]["position"] = "start"
    names_axis: Option = {"type": "category", "inverse": True, "axisTick": {"show": False}}
    label = {**TEXT, "interval": 0}
    return {
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 8, "right": 8, "top": 28 if target is not None else 8, "bottom": 8, "containLabel": True},
        "xAxis": {
            "type": "value",
            "min": 0,
            "show": False,
            "axisLabel": {"show": False},
            "max": 100 if unit == "%" else None,
        },
        "yAxis": [
            {
                **names_axis,
                "data": names,
                "axisLine": {"lineStyle": {"color": LINE}},
                "axisLabel": {**label, "width": 150, "overflow": "truncate"},
            },
            # The numbers stand in a column of their own, where no target line crosses them.
            {
                **names_axis,
                "data": [_shown(value, unit) for value in values],
                "position": "right",
                "axisLine": {"show": False},
                "axisLabel": label,
            },
        ],
        "series": [series],
    }


def height_of(rows: int, *, has_target: bool = False) -> int:
    """How high a chart of so many horizontal bars is, in CSS pixels."""
    return max(rows, 1) * ROW + (36 if has_target else 16)


def columns(names: list[str], values: list[float]) -> Option:
    """Upright bars with their numbers on top, for a few periods."""
    return {
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 8, "right": 8, "top": 28, "bottom": 4, "containLabel": True},
        "xAxis": _names(names),
        "yAxis": {"type": "value", "show": False, "min": 0},
        "series": [
            {
                "type": "bar",
                "barMaxWidth": 44,
                "itemStyle": {"color": ACCENT},
                "data": [_labelled(value, f"{value:,.0f}") for value in values],
                "label": {"show": True, "position": "top", **TEXT},
            }
        ],
    }


def rate_line(names: list[str], values: list[float | None], *, target: float | None, target_name: str) -> Option:
    """A line of rates in percent with a number on each point, and the target."""
    known = [value for value in values if value is not None] + ([target] if target is not None else [])
    least = max(0, int(min(known, default=0) // 10 * 10) - 10)
    line: Option = {
        "type": "line",
        "data": [_labelled(value, f"{value:.2f}%") if value is not None else None for value in values],
        "symbol": "circle",
        "symbolSize": 7,
        "lineStyle": {"width": 2, "color": ACCENT},
        "itemStyle": {"color": ACCENT},
        "connectNulls": False,
        "label": {"show": True, "position": "top", **TEXT},
    }
    if target is not None:
        line["markLine"] = _target(target, target_name, "yAxis")
    return {
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 8, "right": 84, "top": 28, "bottom": 4, "containLabel": True},
        "xAxis": {**_names(names), "boundaryGap": True},
        "yAxis": {
            "type": "value",
            "min": least,
            "max": 100,
            "splitNumber": 4,
            "axisLabel": {**TEXT, "formatter": "{value}%"},
            "splitLine": {"lineStyle": {"color": LINE}},
        },
        "series": [line],
    }


def day_lines(days: list[str], lines: list[tuple[str, list[int]]]) -> Option:
    """Two lines over the days of a month, each named at its end, its highest day marked with its number."""
    styles = ({"color": ACCENT, "type": "solid"}, {"color": AMBER, "type": "dashed"})
    return {
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 8, "right": 76, "top": 24, "bottom": 4, "containLabel": True},
        "xAxis": {**_names(days), "boundaryGap": False},
        "yAxis": {
            "type": "value",
            "min": 0,
            "minInterval": 1,
            "splitNumber": 4,
            "axisLabel": TEXT,
            "splitLine": {"lineStyle": {"color": LINE}},
        },
        "series": [_day_line(name, values, style) for (name, values), style in zip(lines, styles, strict=False)],
    }


def _day_line(name: str, values: list[int], style: Option) -> Option:
    highest = values.index(max(values)) if values else 0
    data: list[Any] = list(values)
    if values and values[highest]:
        data[highest] = {
            "value": values[highest],
            "symbolSize": 7,
            "label": {"show": True, "position": "top", **TEXT, "color": style["color"]},
        }
    return {
        "type": "line",
        "name": name,
        "data": data,
        "symbol": "circle",
        "symbolSize": 3,
        "showAllSymbol": True,
        "lineStyle": {"width": 2, **style},
        "itemStyle": {"color": style["color"]},
        "endLabel": {"show": True, "formatter": "{a}", **TEXT, "color": style["color"]},
        "labelLayout": {"moveOverlap": "shiftY"},
    }


def _bar(value: float | Decimal | None, target: float | None) -> Option:
    """Bars below the target are lighter; the number says the rest."""
    short = target is not None and value is not None and value < target
    plain = None if value is None else float(value)
    return {"value": plain, "itemStyle": {"color": LIGHT if short else ACCENT}}


def _labelled(value: float, text: str) -> Option:
    return {"value": value, "label": {"formatter": text}}


def _shown(value: float | Decimal | None, unit: str) -> str:
    return "—" if value is None else f"{value:,}{unit}"


def _names(names: list[str]) -> Option:
    return {
        "type": "category",
        "data": names,
        "axisTick": {"show": False},
        "axisLine": {"lineStyle": {"color": LINE}},
        "axisLabel": {**TEXT, "hideOverlap": True},
    }


def _target(target: float, name: str, axis: str) -> Option:
    shown = f"{target:g}%"
    return {
        "silent": True,
        "symbol": "none",
        "data": [{axis: target}],
        "lineStyle": {"color": AMBER, "type": "dashed", "width": 1.5},
        "label": {**TEXT, "color": AMBER, "formatter": f"{name} {shown}", "position": "end"},
    }
