"""A clock that tests set. What is deployed holds the real one alone."""

from datetime import datetime, timedelta


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
