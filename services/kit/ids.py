"""The one source of random identifiers."""

import uuid
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
