"""What the check says about a drawing while it is being drawn."""

from dataclasses import dataclass

from engine.kit.i18n import translate
from engine.process import expressions, linting


@dataclass(frozen=True)
class Remark:
    """One sentence about one element ("drawing": the whole) in the reader's language, and how to mend it, if it says.

    ``grade`` is one of ``process.finding.Grade``.
    """

    element_id: str
    text: str
    hint: str
    grade: str


def remarks(text: str, locale: str, *, rehearse: bool) -> list[Remark]:
    """Everything that the check has to say about the drawing ``text``; without the dry run it says so at once."""
    found = linting.findings(text, rehearse=rehearse)
    return [Remark(each.element_id, each.told(locale), each.mended(locale), each.grade.value) for each in found]


def problem(source: str, locale: str) -> str | None:
    """What is wrong with an expression (CEL) that somebody typed; None where it is usable."""
    try:
        expressions.compiled(source)
    except expressions.Refused as error:
        return translate(str(error), locale)
    return None


def script_problem(script: str, locale: str) -> str | None:
    """What is wrong with a list of lines ``name = expression``; None where it is usable."""
    try:
        for _, source in expressions.assignments(script):
            expressions.compiled(source)
    except expressions.Refused as error:
        return translate(str(error), locale)
    return None
