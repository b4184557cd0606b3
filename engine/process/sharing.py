"""What is made from a stored drawing once per process, and then shared by every instance and thread."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Shared(Generic[V]):
    """What ``make`` makes of a drawing's XML, kept under its fingerprint; the oldest of too many is let go."""

    def __init__(self, make: Callable[[str], V], *, most: int = 200) -> None:
        self._make, self._most = make, most
        self._made: dict[str, V] = {}
        self._lock = Lock()

    def get(self, digest: str, source: Callable[[], str]) -> V:
        """The shared value; ``source`` is called only where it was not made before."""
        found = self._made.get(digest)
        return found if found is not None else self._make_once(digest, source)

    def _make_once(self, digest: str, source: Callable[[], str]) -> V:
        with self._lock:
            if digest not in self._made:
                while len(self._made) >= self._most:
                    del self._made[next(iter(self._made))]
                self._made[digest] = self._make(source())
            return self._made[digest]
