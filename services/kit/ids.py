"""The one source of random identifiers."""

import uuid
from itertools import count
from typing import Protocol


class Ids(Protocol):
    """Makes identifiers that nobody can guess."""

    def new(self) -> str:
        """A fresh identifier: 32 lower-case hexadecimal digits."""


class RandomIds:
    """Random (version 4) UUIDs."""

    def new(self) -> str:
        """A fresh identifier."""
        return uuid.uuid4().hex


class SequentialIds:
    """1, 2, 3 ... in the same form. For tests that compare whole results."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self) -> str:
        """The next identifier."""
        return f"{next(self._numbers):032x}"
