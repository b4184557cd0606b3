"""The chapters of a month's assessment (evaluation.md §6), as far as there is data; what they say in words."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.evaluation import formulas
from engine.evaluation.counting import Counts
from engine.evaluation.snapshot import Snapshot
from engine.kit.i18n import N_
from reports import monthly_definitions as definitions
from reports import monthly_figures as figures
from reports import monthly_tables as tables
from reports.parts import Cell, Chapter, Column, Figure, Table
from reports.rendering import html
from reports.wording import KINDS, Wording


def chapters(kept: Snapshot, words: Wording) -> list[Chapter]:
    """Every chapter with its ordinal, every table and figure with its number."""
    written = [
        _overall(kept, words),
        _sources(kept, words),
        _districts(kept, words),
        _departments(kept, words),
        _categories(kept, words),
        _overdue(kept, words),
        definitions.chapter(kept, words),
    ]
    return [_numbered(one, number, words) for number, one in enumerate(written, start=1)]


def _numbered(chapter: Chapter, ordinal: int, words: Wording) -> Chapter:
    counts = {Table: 0, Figure: 0}
    parts: list[Table | Figure] = []
    for part in chapter.parts:
        counts[type(part)] += 1
        parts.append(replace(part, number=f"{ordinal}-{counts[type(part)]}"))
    return replace(chapter, ordinal=words.ordinal(ordinal), parts=parts)


def _overall(kept: Snapshot, words: Wording) -> Chapter:
    return Chapter(
        "overall",
        words.say(N_("The month as a whole")),
        paragraphs=[words.join(_flow(kept, words)), words.join(_results(kept, words))],
        parts=[
            tables.main_numbers(kept, words),
            figures.days(kept, words),
            tables.main_rates(kept, words),
            figures.filed_trend(kept, words),
            figures.on_time_trend(kept, words),
        ],
    )


def _flow(kept: Snapshot, words: Wording) -> list[str]:
    total = kept.total
    return [
        words.say(
            N_("In %(month)s the city received %(reported)s reports, %(change)s against the month before."),
            month=words.month(kept.period.name),
            reported=words.number(total["reported"]),
            change=more_or_less(formulas.difference(total["reported"], kept.before.get("reported", 0)), words),
        ),
        words.say(
            N_(
                "%(accepted)s were accepted and %(filed)s filed, a filing rate of %(rate)s; %(dispatched)s were "
                "dispatched."
            ),
            accepted=words.number(total["accepted"]),
            filed=words.number(total["filed"]),
            dispatched=words.number(total["dispatched"]),
            rate=words.rate(formulas.FILING.of(total)),
        ),
        words.say(
            N_("Collectors put right %(count)s problems themselves; these are not among the departments' cases."),
            count=words.number(total["self_handled"]),
        ),
    ]


def _results(kept: Snapshot, words: Wording) -> list[str]:
    total = kept.total
    return [
        words.say(
            N_(
                "%(due)s cases were due for handling: %(on_time)s were handled on time, %(late)s late, and "
                "%(open)s were "
                "overdue and not handled; the on-time handling rate was %(rate)s (target %(target)s)."
            ),
            due=words.number(total["due_handling"]),
            on_time=words.number(total["handled_on_time"]),
            late=words.number(total["handled_late"]),
            open=words.number(total["unhandled_late"]),
            rate=words.rate(formulas.ON_TIME_HANDLING.of(total)),
            target=f"{kept.target:g}%",
        ),
        *_excused(total, words),
        words.say(
            N_(
                "%(due)s cases were due for closure and %(closed)s of them are closed, a closure rate of %(rate)s; "
                "%(reworked)s needed rework (%(rework_rate)s)."
            ),
            due=words.number(total["due_closure"]),
            closed=words.number(total["closed_due"]),
            rate=words.rate(formulas.CLOSURE.of(total)),
            reworked=words.number(total["reworked"]),
            rework_rate=words.rate(formulas.REWORK.of(total)),
        ),
    ]


def _excused(total: Counts, words: Wording) -> list[str]:
    count = total.get("excused", 0)
    if not count:
        return []
    text = N_("%(count)s more were handled late and excused after an appeal; these are counted apart.")
    return [words.say(text, count=words.number(count))]


def more_or_less(change: Decimal | None, words: Wording) -> str:
    """A change in words: "3.2% more"."""
    if change is None:
        return words.say(N_("with nothing to compare it"))
    if not change:
        return words.say(N_("as many as before"))
    text = N_("%(percent)s more") if change > 0 else N_("%(percent)s fewer")
    return words.say(text, percent=f"{abs(change)}%")


def _sources(kept: Snapshot, words: Wording) -> Chapter:
    collectors = formulas.percent(kept.total["reported_by_collectors"], kept.total["reported"])
    text = words.say(
        N_(
            "Collectors reported %(collectors)s of the month's problems, citizens %(public)s; of the citizens "
            "called back, "
            "%(satisfied)s were satisfied."
        ),
        collectors=words.rate(collectors),
        satisfied=words.rate(formulas.SATISFACTION.of(kept.total)),
        public=words.rate(formulas.percent(kept.total["public"], kept.total["reported"])),
    )
    return Chapter(
        "sources",
        words.say(N_("Sources")),
        paragraphs=[text],
        parts=[tables.by_source(kept, words), figures.sources(kept, words)],
    )


def _districts(kept: Snapshot, words: Wording) -> Chapter:
    text = words.say(
        N_(
            "Districts are listed by the number of filed cases, which is no judgement: finding much is not "
            "managing badly. Cases are judged by where they lie, whichever department handles them."
        )
    )
    parts: list[Table | Figure] = [tables.by_district(kept, words), figures.districts(kept, words)]
    if (streets := tables.by_street(kept, words)).rows:
        parts.append(streets)
    return Chapter("districts", words.say(N_("Districts")), paragraphs=[text], parts=parts)


def _departments(kept: Snapshot, words: Wording) -> Chapter:
    parts: list[Table | Figure] = []
    for kind, name in KINDS.items():
        table = tables.departments(kept, kind, words.say(name), words)
        if table.rows:
            parts += [table, *figures.departments(kept, kind, words.say(name), words)]
    return Chapter("departments", words.say(N_("The departments")), paragraphs=[_reached(kept, words)], parts=parts)


def _reached(kept: Snapshot, words: Wording) -> str:
    ranked = [kept.by["department"][key] for key, place in kept.places.items() if place is not None]
    rates = [rate for one in ranked if (rate := formulas.ON_TIME_HANDLING.of(one)) is not None]
    return words.say(
        N_(
            "%(count)s departments are ranked, each among those of its kind; %(reached)s of them reached the target of "
            "%(target)s. Equal rates share a place after comparing rework and the number of due cases."
        ),
        count=len(ranked),
        reached=sum(rate >= Decimal(str(kept.target)) for rate in rates),
        target=f"{kept.target:g}%",
    )


def _categories(kept: Snapshot, words: Wording) -> Chapter:
    parts: list[Table | Figure] = [
        tables.by_category(kept, words),
        figures.subcategories(kept, words),
        tables.top_subcategories(kept, words),
    ]
    most = tables.top_subcategories(kept, words).rows[:3]
    share = formulas.percent(sum(int(row[1].value or 0) for row in most), kept.total["filed"])
    names = ("、" if words.is_chinese else ", ").join(row[0].text for row in most)
    said = (
        [
            words.say(
                N_("Most frequent were %(names)s, together %(share)s of the cases filed."),
                names=names,
                share=words.rate(share),
            )
        ]
        if most
        else []
    )
    return Chapter("categories", words.say(N_("The categories")), paragraphs=said, parts=parts)


def _overdue(kept: Snapshot, words: Wording) -> Chapter:
    text = words.say(
        N_(
            "When the numbers were computed, %(count)s cases were overdue at their departments; %(again)s of the "
            "cases due "
            "for closure in the month had been reworked twice or more."
        ),
        count=words.number(kept.total["open_overdue"]),
        again=words.number(kept.total["reworked_again"]),
    )
    parts: list[Table | Figure] = []
    if kept.overdue:
        parts.append(_overdue_list(kept, words))
    if kept.reworked:
        parts.append(_rework_list(kept, words))
    return Chapter("overdue", words.say(N_("Overdue and reworked cases")), paragraphs=[text], parts=parts)


def _overdue_list(kept: Snapshot, words: Wording) -> Table:
    columns = [
        *_case_columns(words),
        Column(words.say(N_("Due")), "text", 16),
        Column(words.say(N_("Days over")), width=8),
    ]
    rows = [
        [
            *_case_cells(one),
            Cell(words.minute(datetime.fromisoformat(one["due_at"]))),
            Cell(words.number(one["days"]), one["days"]),
        ]
        for one in kept.overdue
    ]
    note = words.say(
        N_("The %(listed)s longest overdue of %(all)s."), listed=len(rows), all=words.number(kept.total["open_overdue"])
    )
    return Table("overdue", words.say(N_("Overdue cases")), columns, rows, note=note, is_dense=True)


def _rework_list(kept: Snapshot, words: Wording) -> Table:
    columns = [*_case_columns(words), Column(words.say(N_("Times reworked")), width=8)]
    rows = [[*_case_cells(one), Cell(str(one["times"]), one["times"])] for one in kept.reworked]
    return Table("reworked", words.say(N_("Cases reworked twice or more")), columns, rows, is_dense=True)


def _case_columns(words: Wording) -> list[Column]:
    return [
        Column(words.say(N_("Number")), "text", 24),
        Column(words.say(N_("Category")), "text", 16),
        Column(words.say(N_("Place")), "text", 30),
        Column(words.say(N_("Department")), "text", 14),
    ]


def _case_cells(one: dict[str, Any]) -> list[Cell]:
    return [
        Cell(one["number"], one["number"], case_id=one["id"]),
        Cell(one["category"] or html.DASH),
        Cell(one["place"] or html.DASH),
        Cell(one["department"] or html.DASH),
    ]
