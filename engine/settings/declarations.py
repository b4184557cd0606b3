"""Declaring a setting: each room declares its own, next to the code that reads it."""

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from engine.kit.errors import Invalid
from engine.kit.i18n import N_

T = TypeVar("T", int, float, bool, str)

_declared: dict[str, "Setting"] = {}


@dataclass(frozen=True)
class Setting(Generic[T]):
    """A named value that administrators may change. ``name`` is "room.topic"; ``label`` and ``hint`` are translated.

    ``least`` and ``most`` bound numbers (both included); ``choices`` list the allowed texts, ``pattern`` is what a text
    must match as a whole.
    """

    name: str
    kind: type[T]
    default: T
    label: str
    hint: str = ""
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    is_carried: bool = True
    """Whether an archive of the configuration takes it to other cities; not what names people of this one."""

    def __post_init__(self) -> None:
        # A module that is loaded twice declares the same thing again; two different ones under a name are a mistake.
        if _declared.setdefault(self.name, self) != self:
            raise ValueError(f"the setting {self.name} is declared twice")
        self.check(self.default)

    def check(self, value: object) -> T:
        """``value`` as this setting's type. Raises Invalid (field ``value``) for a wrong type or one out of bounds."""
        if self.kind is float and type(value) is int:
            value = float(value)
        if type(value) is not self.kind:
            raise Invalid.field("value", N_("This is not a value of the right kind."))
        self._check_bounds(value)
        return value

    def read(self, text: str) -> T:
        """What was typed into a form, as this setting's type. Raises Invalid (field ``value``)."""
        text = text.strip()
        if self.kind is bool:
            return self.check(text.lower() in {"1", "true", "on", "yes"})
        try:
            return self.check(self.kind(text))
        except ValueError:
            raise Invalid.field("value", N_("A number is needed here.")) from None

    def _check_bounds(self, value: object) -> None:
        if isinstance(value, int | float) and value != value:  # noqa: PLR0124 - the one number unequal to itself: NaN
            raise Invalid.field("value", N_("A number is needed here."))
        if self.least is not None and isinstance(value, int | float) and value < self.least:
            raise Invalid.field("value", N_("The least allowed is %(least)s."), least=self.least)
        if self.most is not None and isinstance(value, int | float) and value > self.most:
            raise Invalid.field("value", N_("The most allowed is %(most)s."), most=self.most)
        if self.choices and value not in self.choices:
            raise Invalid.field("value", N_("Please choose one of the list."))
        if self.pattern and isinstance(value, str) and not re.fullmatch(self.pattern, value):
            raise Invalid.field("value", N_("This is not written as the hint says."))


def declared() -> list[Setting]:
    """Every setting of the rooms imported so far, by name."""
    return [_declared[name] for name in sorted(_declared)]


def find(name: str) -> Setting | None:
    """The setting of this name; None when no room declares it."""
    return _declared.get(name)
