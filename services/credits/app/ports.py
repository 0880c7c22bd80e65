"""What use cases need from outside, besides the store."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from services.credits.domain.ids import LearnerId


class Unprintable(Exception):
    """No font has a glyph for these characters."""

    def __init__(self, characters: str) -> None:
        super().__init__(characters)
        self.characters = characters


class Draw(Protocol):
    """Draws a document."""

    def __call__(self, layout: str, data: Mapping[str, Any], at: datetime) -> bytes:
        """A PDF made at an instant; the same data give the same bytes. Raises Unprintable."""


class Codes(Protocol):
    """Makes what nobody can guess."""

    def new(self) -> str:
        """A fresh code of a certificate of completion."""

    def place(self) -> int:
        """A random place in a status list."""


class Post(Protocol):
    """Takes e-mail."""

    def send(self, address: str, subject: str, text: str) -> None:
        """Hands one message over. Raises whatever the service behind it says where it does not take it."""


class Users(Protocol):
    """Who can sign in."""

    def delete(self, learner_id: LearnerId) -> None:
        """Deletes a person's account, if there still is one."""
