"""Charts for documents: the option dicts that pages give to ECharts, drawn as SVG by the same ECharts in QuickJS."""

import json
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import quickjs

from engine.kit.config import ROOT

_PLACES = (
    ROOT / "web" / "static" / "vendor" / "echarts.min.js",
    ROOT / "node_modules" / "echarts" / "dist" / "echarts.min.js",
)
# No timers and no document there: a chart is drawn once, at once.
_STAGE = """
globalThis.setTimeout = function () { return 0 }; globalThis.clearTimeout = function () {};
"""
_DRAW = """
function draw(text, width, height) {
  var chart = echarts.init(null, null, {renderer: 'svg', ssr: true, width: width, height: height});
  chart.setOption(Object.assign({animation: false}, JSON.parse(text)));
  var drawn = chart.renderToSVGString();
  chart.dispose();
  return drawn;
}
"""
_lock = Lock()


def svg(option: dict[str, Any], *, width: int, height: int) -> str:
    """The chart as an SVG element, ``width`` × ``height`` in CSS pixels. Raises FileNotFoundError without ECharts.

    One context for the whole process, one chart at a time: a context must not be used by two threads at once.
    """
    with _lock:
        drawn: str = _function()(json.dumps(option, ensure_ascii=False), width, height)
    return drawn


@cache
def _function() -> quickjs.Function:
    return quickjs.Function("draw", _STAGE + _library().read_text() + _DRAW)


def _library() -> Path:
    for place in _PLACES:
        if place.exists():
            return place
    raise FileNotFoundError("ECharts is missing: run `npm ci`, then `python -m web.assets`")
