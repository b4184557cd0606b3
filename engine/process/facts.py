"""What a process may know: small JSON scalars that choose a road. All else belongs in the subject's own tables."""

import math
from collections.abc import Mapping
from typing import Any

import orjson

from engine.kit.i18n import N_
from engine.process.errors import FactsRefused

MOST_BYTES = 64 * 1024
MOST_INTEGER = 2**63


def check(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``facts``.

    Raises FactsRefused for values that are not scalars (text, whole number, number, true/false, null).
    """
    for name, value in facts.items():
        if not (isinstance(name, str) and name.isidentifier()):
            raise FactsRefused(reason=N_("a fact needs a plain name"))
        if not _is_scalar(value):
            raise FactsRefused(reason=name)
    return dict(facts)


def check_size(facts: Mapping[str, Any]) -> None:
    """Refuse what would make every later step slow.

    Raises FactsRefused above 64 KB.
    """
    if len(orjson.dumps(facts)) > MOST_BYTES:
        raise FactsRefused(reason=N_("they are larger than 64 KB"))


def _is_scalar(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, bool) or value is None:
        return True
    # CEL knows 64-bit integers only.
    return isinstance(value, str) or (isinstance(value, int) and -MOST_INTEGER <= value < MOST_INTEGER)
