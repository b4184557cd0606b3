"""Conditions and timers written in other engines' dialects, translated to ours where that is safe.

Safe means: what comes out is CEL that compiles, and every word that was exchanged lay outside quoted text.
"""

import re
from collections.abc import Callable, Iterator

from engine.process import expressions, xml

_QUOTED = re.compile(r"(\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')")
_WORDS = {
    "and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
    "True": "true", "False": "false", "None": "null", "nil": "null",
}  # fmt: skip
_WORD = re.compile(rf"(?<![\w.])({'|'.join(_WORDS)})(?![\w.])")
_EQUALS = re.compile(r"([A-Za-z_]\w*|\"[^\"]*\")\s*\.\s*equals\(\s*([A-Za-z_]\w*|\"[^\"]*\")\s*\)")
_GET_VARIABLE = re.compile(r"(?:kcontext|execution)\s*\.\s*getVariable\(\s*[\"']([A-Za-z_]\w*)[\"']\s*\)")
_SINGLE_EQUALS = re.compile(r"(?<![=<>!])=(?!=)")
_ISO = re.compile(
    r"P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)"
)


def translated(source: bytes | str) -> str:
    """The drawing with well-known dialects rewritten: ``${…}``, ``=…``, Python's words, unquoted ISO 8601.

    Raises UnreadableXml.
    """
    root, changed = xml.read(source), False
    for element, better in _suggestions(root):
        element.text, changed = better, True
    if changed:
        return xml.written(root)
    if isinstance(source, str):
        return source
    found = xml.text_of(source)
    return source.decode() if found.used == found.declared == "utf-8" else xml.DECLARATION + found.text


def condition(source: str) -> str | None:
    """The CEL of a condition in another dialect; None where it is CEL already, or cannot be translated safely."""
    text = source.strip()
    if len(text) > expressions.MOST_CHARACTERS or _compiles(text):
        return None
    if text.startswith(("${", "#{")) and text.endswith("}"):
        candidate = _with_words(_GET_VARIABLE.sub(r"\1", text[2:-1]))
    elif text.startswith("="):
        # FEEL compares with a single "=".
        candidate = _outside_quotes(_with_words(text[1:]), lambda part: _SINGLE_EQUALS.sub("==", part))
    elif text.startswith("return") and text.endswith(";"):
        candidate = _of_java(text.removeprefix("return").removesuffix(";"))
    else:
        candidate = "" if _reads_otherwise(text) else _with_words(text)
    candidate = candidate.strip()
    return candidate if _compiles(candidate) else None


def moment(source: str) -> str | None:
    """The CEL of an ISO 8601 duration or moment that is not quoted, or wrapped as Camunda's engines do; else None."""
    text = source.strip()
    if len(text) > expressions.MOST_CHARACTERS:
        return None
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped:
        text = (wrapped["quoted"] or wrapped["duration"] or wrapped["moment"]).strip()
    if _ISO.fullmatch(text):
        return f'"{text}"'
    return condition(source) if source.strip().startswith(("${", "#{", "=")) else None


def once(source: str) -> str | None:
    """The CEL of a cycle that goes round once: "R1/PT10M"; None for whatever repeats."""
    text = source.strip().strip("\"'=")
    return moment(text.removeprefix("R1/")) if text.startswith("R1/P") else None


_WRAPPED = re.compile(
    r"""=\s*(?:"(?P<quoted>[^"]{1,60})"|(?:now\(\)\s*\+\s*)?duration\(\s*"(?P<duration>P[^"]{1,60})"\s*\)"""
    r"""|date\ and\ time\(\s*"(?P<moment>[^"]{1,60})"\s*\))"""
)


def _suggestions(root: xml.Element) -> Iterator[tuple[xml.Element, str]]:
    for path, translate in ((".//bpmn:conditionExpression", condition), (_TIMES, moment)):
        for element in xml.find(root, path):
            better = translate(element.text or "")
            if better is not None:
                yield element, better


_TIMES = ".//bpmn:timeDuration | .//bpmn:timeDate"


def _with_words(text: str) -> str:
    return _outside_quotes(text, lambda part: _WORD.sub(lambda match: _WORDS[match[1]], part))


def _of_java(text: str) -> str:
    """A condition of jBPM: texts are compared by a method, as CEL compares them by a sign."""
    text = _EQUALS.sub(r"\1 == \2", text)
    return _GET_VARIABLE.sub(r"\1", text)


def _reads_otherwise(text: str) -> bool:
    """Whether Python means something else by the same signs: ``not a == b``, and ``1 < a < 5``."""
    bare = "".join(part for number, part in enumerate(_QUOTED.split(text)) if not number % 2)
    parts = re.split(r"[()]|(?<![\w.])(?:and|or)(?![\w.])|&&|\|\|", bare)
    compared = [(part.strip().startswith("not "), len(re.findall(r"[=!<>]=|[<>]", part))) for part in parts]
    return any(count > 1 or (is_not and count) for is_not, count in compared)


def _outside_quotes(text: str, change: Callable[[str], str]) -> str:
    parts = _QUOTED.split(text)
    return "".join(part if number % 2 else change(part) for number, part in enumerate(parts))


def _compiles(text: str) -> bool:
    try:
        expressions.compiled(text)
    except expressions.Refused:
        return False
    return True
