"""Ids that tests tell in advance."""

from itertools import count


class SequentialIds:
    """1, 2, 3 ... in the form of random ids."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self) -> str:
        """The next identifier."""
        return f"{next(self._numbers):032x}"
