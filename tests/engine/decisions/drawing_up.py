"""Decision tables for tests: small ones with facts of every kind."""

from engine.decisions.content import Content, Example, Row
from engine.decisions.vocabulary import Answers, Decision, HitPolicy, Input
from engine.kit.facts import FactKind

AREA = Input("area", "Area class", values={"A": "Inner city", "B": "Suburb", "C": "Country"})
CODE = Input("code", "Subcategory")
COUNT = Input("count", "How often", FactKind.whole, least=0)
MONTH = Input("month", "Month", FactKind.whole, least=1, most=12)
SHARE = Input("share", "Share", FactKind.number)
URGENT = Input("urgent", "Urgent", FactKind.truth)
INPUTS = (AREA, CODE, COUNT, MONTH, SHARE, URGENT)
LIMITS = Decision("limits", "Limits", Answers.limit, INPUTS, "As before.")
OFFICES = Decision("offices", "Offices", Answers.department, INPUTS, "As before.")


def hours(value: float, unit: str = "working_hours") -> dict[str, str]:
    return {"value": f"{value:g}", "unit": unit}


def table(
    inputs: str, *rows: tuple[str, ...], policy: HitPolicy = HitPolicy.unique, examples: tuple[Example, ...] = ()
) -> Content:
    """Rows of cells; the last of each is a limit in working hours, or the code of a department."""
    return Content(policy, tuple(inputs.split()), tuple(Row(row[:-1], output(row[-1])) for row in rows), examples)


def output(text: str) -> dict[str, str]:
    return hours(float(text)) if text.replace(".", "").isdigit() else {"department": text}
