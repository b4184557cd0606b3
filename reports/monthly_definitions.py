"""The last chapter of a month: what its numbers mean, and by which conventions they were counted."""

from engine.evaluation import formulas, sets
from engine.evaluation.formulas import Indicator
from engine.evaluation.snapshot import Snapshot
from engine.kit.i18n import N_
from reports.parts import Cell, Chapter, Column, Table
from reports.wording import Wording


def chapter(kept: Snapshot, words: Wording) -> Chapter:
    """How everything was counted: conventions, then every indicator with its formula."""
    columns = [
        Column(words.say(N_("Code")), "text", 8),
        Column(words.say(N_("Indicator")), "text", 26),
        Column(words.say(N_("Formula")), "text", 40),
        Column(words.say(N_("Meaning")), "text", 60),
    ]
    rows = [
        [Cell(one.code), Cell(words.say(one.name)), Cell(_formula(one, words)), Cell(words.say(one.definition))]
        for one in formulas.INDICATORS
    ]
    table = Table("formulas", words.say(N_("Indicators and formulas")), columns, rows, is_dense=True)
    return Chapter(
        "definitions", words.say(N_("Formulas and definitions")), terms=_conventions(kept, words), parts=[table]
    )


def _formula(one: Indicator, words: Wording) -> str:
    return f"{words.say(sets.SETS[one.numerator].label)} ÷ {words.say(sets.SETS[one.denominator].label)}"


def _conventions(kept: Snapshot, words: Wording) -> list[tuple[str, str]]:
    hours = kept.period.allowance_seconds // 3600
    return [
        (
            words.say(N_("Period")),
            words.say(
                N_(
                    "What happened counts in the month in which it happened, what was due in the month of its "
                    "due moment. "
                    "Results are those of the cases that were due, so that no rate exceeds 100 percent and on "
                    "time, late and "
                    "unhandled add up to those due."
                )
            ),
        ),
        (
            words.say(N_("Moment of judging")),
            words.say(
                N_("Cases are judged as they stood at %(moment)s; what was done later is not in these numbers."),
                moment=words.minute(kept.period.as_of),
            ),
        ),
        (
            words.say(N_("Left out")),
            words.say(
                N_(
                    "Void, transferred, merged and rejected cases, suspended cases that were not resumed, cases that "
                    "collectors handled themselves, and due moments that are provisional because the calendar of "
                    "that year "
                    "is not published."
                )
            ),
        ),
        (
            words.say(N_("Handling and closure")),
            words.say(
                N_(
                    "Departments are judged by their feedback and by nothing else: the time of review, "
                    "verification and "
                    "closure is the centre's. A case is due for closure %(hours)s hours after it was due for handling."
                ),
                hours=hours,
            ),
        ),
        (
            words.say(N_("Extension and rework")),
            words.say(N_("An extension moves the due moment, rework does not; the first limit is judged apart.")),
        ),
        (
            words.say(N_("Rates")),
            words.say(
                N_(
                    "Two decimals, half up; a dash where nothing stands below the line. Places are given by unrounded "
                    "rates."
                )
            ),
        ),
        (
            words.say(N_("What it rests on")),
            words.say(N_("GB/T 30428.4-2016; the denominators of rework and extension are the closures due.")),
        ),
    ]
