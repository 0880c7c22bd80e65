"""A clock and ids that tests tell in advance. What is deployed holds the real ones alone."""

from datetime import datetime, timedelta
from itertools import count


class ManualClock:
    """A clock that moves only when told to."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._now

    def advance(self, milliseconds: int) -> None:
        """Moves the clock forward (or, for skew between functions, back)."""
        self._now += timedelta(milliseconds=milliseconds)


class SequentialIds:
    """1, 2, 3 ... in the form of random ids."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self) -> str:
        """The next identifier."""
        return f"{next(self._numbers):032x}"
