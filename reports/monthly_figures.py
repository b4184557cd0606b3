"""The charts of a month. Each repeats numbers of a table, so its words can be short."""

from engine.evaluation import formulas, ranking
from engine.evaluation.counting import Counts
from engine.evaluation.snapshot import Snapshot
from engine.kit.i18n import N_
from reports import drawing
from reports.monthly_tables import name_of
from reports.parts import Figure
from reports.wording import Wording

MOST = 14
"""Bars that still read well in one chart."""
TREND_HEIGHT = 170
"""Low enough for both trends to end the page that the tables begin, in English too."""


def days(kept: Snapshot, words: Wording) -> Figure:
    """Reports and closures day by day."""
    reported, closed = kept.daily["reported"], kept.daily["closed"]
    names = [str(day) for day in range(1, len(reported) + 1)]
    lines = [(words.say(N_("Reported")), reported), (words.say(N_("Closed")), closed)]
    return Figure(
        "days",
        words.say(N_("Reported and closed, day by day")),
        drawing.day_lines(names, lines),
        words.say(
            N_("Most were reported on day %(day)s of the month: %(count)s."),
            count=max(reported, default=0),
            day=_highest(reported),
        ),
        height=165,
    )


def filed_trend(kept: Snapshot, words: Wording) -> Figure:
    """Filed cases of the last months."""
    shown = _since_first_report(kept)
    values = [float(counts.get("filed", 0)) for counts in shown.values()]
    return Figure(
        "filed",
        words.say(N_("Cases filed in the last months")),
        drawing.columns([words.short_month(name) for name in shown], values),
        words.say(
            N_("This month %(now)s, the month before %(before)s."),
            now=words.number(kept.total["filed"]),
            before=words.number(kept.before.get("filed", 0)) if len(shown) > 1 else words.rate(None),
        ),
        height=TREND_HEIGHT,
        is_half=True,
    )


def on_time_trend(kept: Snapshot, words: Wording) -> Figure:
    """The on-time handling rate of the last months."""
    shown = _since_first_report(kept)
    rates = [formulas.ON_TIME_HANDLING.of(counts) for counts in shown.values()]
    values = [None if rate is None else float(rate) for rate in rates]
    option = drawing.rate_line(
        [words.short_month(name) for name in shown], values, target=kept.target, target_name=words.say(N_("Target"))
    )
    return Figure(
        "on_time",
        words.say(N_("On-time handling rate in the last months")),
        option,
        words.say(
            N_("This month %(now)s, the month before %(before)s."),
            now=words.rate(rates[-1]),
            before=words.rate(formulas.ON_TIME_HANDLING.of(kept.before)),
        ),
        height=TREND_HEIGHT,
        is_half=True,
    )


def sources(kept: Snapshot, words: Wording) -> Figure:
    """Reports by source."""
    return _amounts("sources", N_("Reports by source"), "source", "reported", kept, words)


def subcategories(kept: Snapshot, words: Wording) -> Figure:
    """The most frequent subcategories."""
    return _amounts(
        "subcategories", N_("Cases filed, most frequent subcategories"), "subcategory", "filed", kept, words, 10
    )


def districts(kept: Snapshot, words: Wording) -> Figure:
    """On-time handling by district."""
    title = words.say(N_("On-time handling rate by district"))
    return _rates("districts", title, "region", kept.by["region"], kept, words)


def departments(kept: Snapshot, kind: str, title: str, words: Wording) -> list[Figure]:
    """On-time handling by department, in the order of the ranking; none where nobody is ranked."""
    rows = {key: counts for key, counts in kept.by["department"].items() if kept.kinds.get(key) == kind}
    ranked = [place.key for place in ranking.rank(rows, sample=kept.sample) if place.rank is not None]
    if not ranked:
        return []
    said = words.say(N_("On-time handling rate: %(group)s"), group=title)
    return [_rates(f"departments-{kind}", said, "department", {key: rows[key] for key in ranked}, kept, words)]


def _amounts(
    name: str, title: str, dimension: str, set_name: str, kept: Snapshot, words: Wording, most: int = MOST
) -> Figure:
    rows = [(key, counts[set_name]) for key, counts in kept.by[dimension].items() if counts[set_name] and key != "none"]
    rows = sorted(rows, key=lambda row: (-row[1], row[0]))[:most]
    names = [name_of(kept, dimension, key, words) for key, _ in rows]
    first = f"{names[0]} {words.number(rows[0][1])}" if rows else "—"
    return Figure(
        name,
        words.say(title),
        drawing.ranked_bars(names, [size for _, size in rows]),
        words.say(N_("Most: %(first)s."), first=first),
        height=drawing.height_of(len(rows)),
    )


def _rates(name: str, title: str, dimension: str, rows: dict[str, Counts], kept: Snapshot, words: Wording) -> Figure:
    shown = [
        (key, rate)
        for key, counts in rows.items()
        if key != "none" and (rate := formulas.ON_TIME_HANDLING.of(counts)) is not None
    ]
    shown = sorted(shown, key=lambda row: -row[1])[:MOST]
    option = drawing.ranked_bars(
        [name_of(kept, dimension, key, words) for key, _ in shown],
        [rate for _, rate in shown],
        unit="%",
        target=kept.target,
        target_name=words.say(N_("Target")),
    )
    reached = sum(float(rate) >= kept.target for _, rate in shown)
    text = words.say(N_("%(reached)s of %(count)s reached the target."), reached=reached, count=len(shown))
    return Figure(name, title, option, text, height=drawing.height_of(len(shown), has_target=True))


def _since_first_report(kept: Snapshot) -> dict[str, Counts]:
    """Months before the first report say nothing; this month is always there."""
    names = list(kept.trend)
    first = next((index for index, name in enumerate(names) if kept.trend[name].get("reported")), len(names) - 1)
    return {name: kept.trend[name] for name in names[first:]}


def _highest(values: list[int]) -> int:
    return values.index(max(values)) + 1 if values else 0
