"""Expressions in drawings are CEL: no attributes of Python, no calls out, no loops. Python is never run.

Sources are capped in length and nesting and may call only the functions listed here. Macros such as ``map`` and ``all``
are refused, because nested they would make the work grow without bound; so is ``matches``, whose pattern over a long
text was measured to keep a worker busy for nine minutes; and so is whatever could hide these: comments, raw and tripled
texts.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import cel
import isodate

from engine.kit.i18n import N_
from engine.process import facts as facts_room
from engine.process.errors import ExpressionFailed

MOST_CHARACTERS = 1000
MOST_NESTING = 20
MOST_LINES = 50
MOST_SUMS = 50
"""Each sum of texts copies what was summed before it."""
FUNCTIONS = {"size", "contains", "startsWith", "endsWith", "int", "double", "string", "bool", "timestamp",
             "duration", "min", "max"}  # fmt: skip
_OPERATOR = re.compile(r"[@\W_]")
_PIECE = re.compile(r"""(?P<hidden>//|"{3}|'{3}|[A-Za-z_]\w*["'])|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""")
_MACRO = re.compile(r"\.\s*(map|filter|all|exists|exists_one|existsOne|transform\w*|bind|greatest|least)\s*\(")
_PART = re.compile(r"\.\s*[A-Za-z_]\w*+(?!\s*\()")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)\s*=(?!=)\s*(.+)")


class Refused(ValueError):
    """A source that is not evaluated at all; the text is a msgid."""


@lru_cache(maxsize=4096)
def compiled(source: str) -> cel.Program:
    """The program of ``source``, compiled once per process.

    Raises Refused (a ValueError) for what is too long, too deep, calls something unknown, or is not CEL.
    """
    text = source.strip()
    if not text:
        raise Refused(N_("It is empty."))
    if len(text) > MOST_CHARACTERS:
        raise Refused(N_("It is too long."))
    code = _code(text)
    if _nesting(code) > MOST_NESTING or code.count("+") > MOST_SUMS:
        raise Refused(N_("Its brackets are nested too deeply."))
    if _PART.search(code):
        raise Refused(N_("Facts have no parts that could be named behind a dot."))
    program = _compile(text)
    unknown = {name for name in program.functions() if not _OPERATOR.match(name)} - FUNCTIONS
    if unknown or _MACRO.search(code):
        raise Refused(N_("It calls a function that is not allowed."))
    if {"True", "False", "None"} & set(program.variables()):
        raise Refused(N_("CEL writes true, false and null."))
    return program


def evaluate(source: str, known: Mapping[str, Any]) -> Any:
    """The value of ``source`` where the names of ``known`` are defined.

    Raises ExpressionFailed for unknown names, mixed types, overflow, and all that ``compiled`` refuses.
    """
    try:
        return _guarded(lambda: compiled(source).execute(dict(known)))
    except Exception as error:
        raise ExpressionFailed(source=source[:200], reason=str(error).splitlines()[0][:200]) from error


def holds(source: str, known: Mapping[str, Any]) -> bool:
    """Whether the condition ``source`` holds.

    Raises ExpressionFailed where it is neither true nor false.
    """
    value = evaluate(source, known)
    if not isinstance(value, bool):
        raise ExpressionFailed(source=source[:200], reason=N_("it is neither true nor false"))
    return value


def assignments(script: str) -> list[tuple[str, str]]:
    """The lines ``name = expression`` of a script task; empty lines and ``#`` lines are passed over.

    Raises Refused for any other line.
    """
    lines = [line.strip() for line in script.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if len(lines) > MOST_LINES:
        raise Refused(N_("It is too long."))
    matches = [_ASSIGNMENT.fullmatch(line) for line in lines]
    if not all(matches):
        raise Refused(N_("Every line must read: name = expression."))
    return [(match[1], match[2]) for match in matches if match]


def execute(script: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that ``script`` sets; each line sees what the lines above it set.

    Raises ExpressionFailed, or FactsRefused where a value is no scalar or grows too large.
    """
    data, written = dict(known), {}
    try:
        lines = assignments(script)
    except Refused as error:
        raise ExpressionFailed(source=script[:200], reason=str(error)) from error
    for name, source in lines:
        data[name] = written[name] = evaluate(source, data)
        facts_room.check({name: written[name]})
        # Checked line by line: `x = x + x` doubles each time.
        facts_room.check_size(data)
    return written


def moment(source: str, known: Mapping[str, Any], at: datetime) -> datetime:
    """When a timer written in a drawing is due, seen at ``at``.

    ``source`` gives an ISO 8601 duration or moment as text ("PT30M"), or a CEL duration or timestamp; ``at`` is defined
    in it. Raises ExpressionFailed for anything else, and for a moment without time zone.
    """
    value = evaluate(source, {**known, "at": at.astimezone(UTC)})
    try:
        due = _moment_of(value, at)
    except (isodate.ISO8601Error, ValueError, TypeError, OverflowError) as error:
        raise ExpressionFailed(source=source[:200], reason=str(error)) from error
    if due.tzinfo is None:
        raise ExpressionFailed(source=source[:200], reason=N_("the moment has no time zone"))
    return due


def _moment_of(value: Any, at: datetime) -> datetime:
    if isinstance(value, str) and value.startswith("P"):
        value = isodate.parse_duration(value)
    if isinstance(value, str):
        return isodate.parse_datetime(value)
    if isinstance(value, timedelta | isodate.Duration):
        return at + value
    if isinstance(value, datetime):
        return value
    raise TypeError("neither a duration nor a moment")


def _compile(text: str) -> cel.Program:
    try:
        return _guarded(lambda: cel.compile(text))
    except ValueError as error:
        raise Refused(N_("It is not a CEL expression.")) from error


def _code(text: str) -> str:
    """A source with its quoted texts emptied. Raises Refused for what is quoted or commented in ways that hide code."""

    def emptied(piece: re.Match[str]) -> str:
        if piece["hidden"]:
            raise Refused(N_("Comments, and texts in other than plain quotation marks, are not allowed."))
        return '""'

    return _PIECE.sub(emptied, text)


def _nesting(code: str) -> int:
    depth = deepest = 0
    for character in code:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    # A row of unary operators nests in the parser without any bracket.
    rows = [sum(run.count(sign) for sign in "!-") for run in re.findall(r"[!-][!\s-]*", code)]
    return max(deepest, code.count("?"), *rows, 0)


def _guarded(call: Any) -> Any:
    """A panic of the Rust library is a BaseException, which no handler of ours would catch."""
    try:
        return call()
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise ValueError(str(error)) from error
        raise


class CelEngine:
    """What SpiffWorkflow asks to evaluate conditions and scripts: CEL in place of its Python."""

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> bool:  # noqa: ARG002 - Spiff's call
        """Whether a flow's condition holds for the token ``task``."""
        return holds(expression, task.data)

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:  # noqa: ARG002 - Spiff's call
        """Run a script task on the token ``task``. True: it is done."""
        task.data.update(execute(script, task.data))
        return True
