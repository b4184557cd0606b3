"""Four kinds of "no". Rooms subclass them; the docstring is the sentence the user reads, the edge picks the status.

A docstring may hold ``%(name)s`` places, filled from the keyword arguments, so that a sentence is translated whole.
"""

from dataclasses import dataclass, field
from typing import Any


class CityLoopError(Exception):
    """Something went wrong."""

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.sentence)

    @property
    def message_id(self) -> str:
        """The English sentence before its places are filled: the key of its translation."""
        return " ".join((type(self).__doc__ or "").split())

    @property
    def sentence(self) -> str:
        """The English sentence with its places filled."""
        return self.message_id % self.params if self.params else self.message_id


class NotFound(CityLoopError):
    """This does not exist, or you may not see it."""


class NotAllowed(CityLoopError):
    """You may not do this."""


class Conflict(CityLoopError):
    """Somebody was faster: this has changed since you opened it. Please look again."""


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field: ``text`` is an English sentence (translation key) with ``%(name)s`` places."""

    text: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text


class Invalid(CityLoopError):
    """Some of what was entered cannot be accepted. Please see the marked fields."""

    def __init__(self, fields: dict[str, list[FieldError]] | None = None, **params: Any) -> None:
        self.fields = fields or {}
        super().__init__(**params)

    @classmethod
    def field(cls, name: str, text: str, **params: Any) -> "Invalid":
        """An error that belongs to the one field ``name``."""
        return cls({name: [FieldError(text, params)]})
