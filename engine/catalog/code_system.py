"""Which code system new cases are filed under. Old cases keep theirs."""

from engine.catalog.models import CodeSystem
from engine.kit.i18n import N_
from engine.settings import values
from engine.settings.declarations import Setting

CODE_SYSTEM = Setting(
    "catalog.code_system",
    str,
    CodeSystem.gbt_2013.value,
    N_("Code system of new cases"),
    N_("Switch to the 2026 system on the day that the province does; cases filed before keep their codes."),
    choices=tuple(system.value for system in CodeSystem),
)


def current() -> str:
    """The code system in force."""
    return values.get(CODE_SYSTEM)
