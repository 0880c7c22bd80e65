"""What use cases need from outside, besides the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.credits.domain.ids import LearnerId
from services.credits.domain.push import Delivery, Device, Push


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


class PushKey(Protocol):
    """Who we are to push services."""

    def public(self) -> str:
        """The public key that browsers subscribe with: a point of P-256, base64url."""


class Pusher(Protocol):
    """Tells devices."""

    def push(self, device: Device, push: Push) -> Delivery:
        """Tells one device, and says what became of it."""


class Users(Protocol):
    """Who can sign in."""

    def delete(self, learner_id: LearnerId) -> None:
        """Deletes a person's account, if there still is one."""


@dataclass(frozen=True)
class Standing:
    """Of an account: whether it is asked for codes, and whether every sign-in that is under way was; whether it is of
    the staff; and its e-mail address, if it has one that was proven."""

    asks_for_codes: bool
    proven: bool
    is_staff: bool = False
    email: str | None = None


@dataclass(frozen=True)
class Tokens:
    """What a sign-in is answered with. `expires_in` are the access token's seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class Refused(Exception):
    """The user pool does not let an account in: it is gone, or was closed."""


class AddressTaken(Exception):
    """Another account has the e-mail address."""


Ticket = Callable[[LearnerId, str], str]
"""What shows the user pool that somebody was proven: made for a person, and for what the pool says this one time."""


class WeChat(Protocol):
    """Signing in with WeChat."""

    def page(self, state: str, *, inside: bool) -> str:
        """Where the browser is to go: WeChat's page with a QR code, or, `inside` its own browser, its consent."""

    def person(self, code: str, *, inside: bool) -> str:
        """Whose code this is: the unionid, the same for all our apps. Raises WeChatRefused, WeChatUnavailable."""


class Fingerprints(Protocol):
    """Keyed hashes: of a number nobody finds the hash, nor the number of a hash, without the key."""

    def of(self, purpose: str, text: str) -> str:
        """The text's, for a purpose: letters and digits."""


class Messages(Protocol):
    """Takes short messages (SMS)."""

    def send(self, number: str, code: str) -> None:
        """Hands one with a code over. Raises whatever the service behind it says, without the number."""


class SignInCodes(Protocol):
    """Makes what nobody can guess."""

    def digits(self, count: int) -> str:
        """So many random digits."""


class UserPool(Protocol):
    """Where people sign in, as far as it is administered here. Each call may be made again."""

    def standing(self, person_id: LearnerId) -> Standing:
        """How it is with somebody's second factor."""

    def find(self, email: str) -> LearnerId | None:
        """Whose account has this address."""

    def create(self, name: str) -> LearnerId:
        """An account without address and password, under a name of letters and digits; the same name is the same."""

    def show_phone(self, person_id: LearnerId, number: str | None) -> None:
        """Notes somebody's number at the account, for staff who look for it."""

    def take_email(self, person_id: LearnerId, address: str | None) -> None:
        """Gives an account an address that was proven, in place of the one before, or takes it away.

        Raises AddressTaken.
        """

    def sign_in(self, person_id: LearnerId, ticket: Ticket) -> Tokens:
        """Signs in somebody who was proven here. Raises Refused."""

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


@dataclass(frozen=True)
class PoolAccount:
    """An account as the user pool has it. `phone` begins with + and the country's code."""

    learner_id: LearnerId
    email: str | None
    phone: str | None
    created_at: datetime | None


class Directory(Protocol):
    """Who has an account where people sign in. Lists have at most as many as are asked for."""

    def by_email(self, email: str, most: int) -> list[PoolAccount]:
        """Those with this address."""

    def by_phone(self, phone: str, most: int) -> list[PoolAccount]:
        """Those with this number."""

    def by_id(self, beginning: str, most: int) -> list[PoolAccount]:
        """Those whose id begins so."""


@dataclass(frozen=True)
class PictureUpload:
    """A form that a browser sends with the picture as its last field, `file`: where to, and its other fields."""

    url: str
    fields: Mapping[str, str]


class Pictures(Protocol):
    """Keeps pictures for the time in which somebody decides."""

    def upload(self, key: str) -> PictureUpload:
        """What lets whoever has it put one JPEG there, for a quarter of an hour."""

    def read(self, key: str) -> bytes | None:
        """What was put there; None where nothing is."""

    def keep(self, key: str, content: bytes) -> None:
        """Keeps a picture."""

    def keys(self, prefix: str) -> list[str]:
        """The keys that begin with a prefix."""

    def delete(self, keys: Sequence[str]) -> None:
        """Deletes what is there of these."""
