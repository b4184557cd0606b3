"""Rows that change seldom and are read in every act: kept in memory, and looked at again every few seconds."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from engine.kit.db import db

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass
class _Entry(Generic[V]):
    value: V
    version: Hashable
    checked: float


class Remembered(Generic[K, V]):
    """What ``load`` read, per database and key, until ``version`` says otherwise.

    ``version`` is asked (one cheap statement) when the last look is more than ``seconds`` ago, so that an act costs no
    statement and an edit made by another process is seen within ``seconds``.
    """

    def __init__(self, version: Callable[[K], Hashable], load: Callable[[K], V], *, seconds: float = 5.0) -> None:
        self._version, self._load, self._seconds = version, load, seconds
        # Weak keys: a database that is closed takes its entries with it.
        self._entries: WeakKeyDictionary[Engine, dict[K, _Entry[V]]] = WeakKeyDictionary()

    def get(self, key: K) -> V:
        """The remembered value, read again where it may have changed."""
        kept = self._entries.setdefault(db.engine, {})
        entry, moment = kept.get(key), time.monotonic()
        if entry is not None and moment - entry.checked < self._seconds:
            return entry.value
        version = self._version(key)
        if entry is None or entry.version != version:
            entry = kept[key] = _Entry(self._load(key), version, moment)
        entry.checked = moment
        return entry.value

    def forget(self) -> None:
        """Look again at the next call: for the process that made the edit itself."""
        self._entries.pop(db.engine, None)
