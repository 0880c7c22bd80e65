"""What use cases need from outside, besides the store."""

from collections.abc import Mapping
from dataclasses import dataclass
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


class RecoveryCodes(Protocol):
    """Makes what nobody can guess."""

    def recovery(self) -> str:
        """A fresh recovery code."""


class Post(Protocol):
    """Takes e-mail."""

    def send(self, address: str, subject: str, text: str) -> None:
        """Hands one message over. Raises whatever the service behind it says where it does not take it."""


class Users(Protocol):
    """Who can sign in."""

    def delete(self, learner_id: LearnerId) -> None:
        """Deletes a person's account, if there still is one."""


@dataclass(frozen=True)
class Standing:
    """Of an account: whether it is asked for codes, and whether every sign-in that is under way was."""

    asks_for_codes: bool
    proven: bool


class UserPool(Protocol):
    """Where people sign in, as far as it is administered here. Each call may be made again."""

    def standing(self, person_id: LearnerId) -> Standing:
        """How it is with somebody's second factor."""

    def find(self, email: str) -> LearnerId | None:
        """Whose account has this address."""

    def password_of(self, email: str, password: str) -> LearnerId | None:
        """Whose account has this address and password, and a second factor besides; None for anything else."""

    def prove(self, person_id: LearnerId) -> None:
        """Ends all sign-ins, and only then notes that all that follow need codes."""

    def disprove(self, person_id: LearnerId) -> None:
        """Takes that note, then the second factor, away, and ends all sign-ins."""

    def renew_password(self, person_id: LearnerId) -> None:
        """Makes the password worthless; a code for a new one is mailed."""

    def end(self, token: str) -> None:
        """Ends the sign-in that this token renews."""

    def end_all(self, person_id: LearnerId) -> None:
        """Ends all sign-ins of somebody."""


class Seal(Protocol):
    """Closes what only this function may read."""

    def close(self, text: str, person_id: LearnerId) -> str:
        """The text, sealed, of a person."""

    def open(self, sealed: str, person_id: LearnerId) -> str:
        """The text again. Raises whatever is behind it where it was sealed for somebody else."""
