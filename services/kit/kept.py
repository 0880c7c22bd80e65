"""What a function reads, and keeps for a while."""

from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """What a function reads once, and again when it is so many seconds old."""

    def __init__(self, read: Callable[[], T], max_age: float) -> None:
        self._read = read
        self._max_age = max_age
        self._known: tuple[float, T] | None = None

    def get(self) -> T:
        """The value. Raises what reading raises, and keeps nothing of that."""
        if self._known is None or monotonic() - self._known[0] >= self._max_age:
            return self.read_anew()
        return self._known[1]

    def read_anew(self) -> T:
        """The value as it is now. Raises as `get` does."""
        value = self._read()
        self._known = monotonic(), value
        return value
