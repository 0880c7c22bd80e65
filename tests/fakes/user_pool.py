"""The fakes of the user pool, of the key that seals and of WeChat, as far as credits has to do with them."""

from dataclasses import dataclass, field

from services.credits.adapters.keyed_hash import KeyedHash
from services.credits.app.ports import (
    AddressTaken,
    PoolAccount,
    Refused,
    Standing,
    Ticket,
    Tokens,
)
from services.credits.domain.ids import LearnerId
from services.kit.wechat import WeChatRefused


@dataclass
class PoolUser:
    """One account."""

    email: str
    password: str = "right"
    asks_for_codes: bool = False
    proven: bool = False
    sign_ins: set[str] = field(default_factory=set)
    """Tokens that renew."""
    mails: int = 0
    is_staff: bool = False
    phone: str | None = None
    """As staff find it."""


@dataclass
class MemoryPool:
    """A user pool in memory. `done` is what was done to whom, in order."""

    users: dict[LearnerId, PoolUser] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    fails_at: str = ""
    """What fails, once."""
    refuses: bool = False
    """Whether it lets nobody in by a ticket, as it does who was closed."""

    def _do(self, what: str) -> None:
        if what == self.fails_at:
            self.fails_at = ""
            raise ConnectionError(what)
        self.done.append(what)

    def user(self, person_id: LearnerId) -> PoolUser:
        """Somebody's account; whoever has a token has one."""
        return self.users.setdefault(person_id, PoolUser(""))

    def standing(self, person_id: LearnerId) -> Standing:
        """How it is with somebody's second factor."""
        user = self.user(person_id)
        return Standing(user.asks_for_codes, user.proven, user.is_staff, user.email or None)

    def find(self, email: str) -> LearnerId | None:
        """Whose account has this address."""
        return next((id_ for id_, user in self.users.items() if user.email == email), None)

    def create(self, name: str) -> LearnerId:
        """An account under a name; the same name is the same."""
        self._do("create")
        person_id = LearnerId(f"of-{name[:24]}")
        self.users.setdefault(person_id, PoolUser(""))
        return person_id

    def show_phone(self, person_id: LearnerId, number: str | None) -> None:
        """Notes somebody's number."""
        self._do("show_phone")
        self.user(person_id).phone = number

    def take_email(self, person_id: LearnerId, address: str | None) -> None:
        """Gives an account an address, or takes it away."""
        self._do("take_email")
        if address is not None and self.find(address) not in (None, person_id):
            raise AddressTaken
        self.user(person_id).email = address or ""

    def sign_in(self, person_id: LearnerId, ticket: Ticket) -> Tokens:
        """Signs in somebody who was proven here."""
        self._do("sign_in")
        user = self.users.get(person_id)
        if self.refuses or user is None or user.is_staff or not ticket(person_id, "nonce"):
            raise Refused
        return Tokens(f"access-{person_id}", f"refresh-{person_id}", 900)

    def password_of(self, email: str, password: str) -> LearnerId | None:
        """Whose account has this address and password, and a second factor besides."""
        found = self.find(email)
        if found is None or not self.users[found].asks_for_codes or self.users[found].password != password:
            return None
        return found

    def prove(self, person_id: LearnerId) -> None:
        """Ends all sign-ins, and only then notes that all that follow need codes."""
        self.end_all(person_id)
        self._do("prove")
        self.users[person_id].proven = True

    def disprove(self, person_id: LearnerId) -> None:
        """Takes that note, then the second factor, away, and ends all sign-ins."""
        self._do("disprove")
        self.users[person_id].proven = self.users[person_id].asks_for_codes = False
        self.end_all(person_id)

    def renew_password(self, person_id: LearnerId) -> None:
        """Makes the password worthless."""
        self._do("renew_password")
        self.users[person_id].password = ""
        self.users[person_id].mails += 1

    def end(self, token: str) -> None:
        """Ends the sign-in that this token renews."""
        self._do("end")
        for user in self.users.values():
            user.sign_ins.discard(token)

    def end_all(self, person_id: LearnerId) -> None:
        """Ends all sign-ins of somebody."""
        self._do("end_all")
        self.user(person_id).sign_ins.clear()


class ReversingSeal:
    """Turns texts round; what was sealed for somebody else does not open."""

    def close(self, text: str, person_id: LearnerId) -> str:
        """The text, sealed, of a person."""
        return f"{person_id}|{text[::-1]}"

    def open(self, sealed: str, person_id: LearnerId) -> str:
        """The text again."""
        whose, _, text = sealed.partition("|")
        if whose != person_id:
            raise PermissionError(whose)
        return text[::-1]


@dataclass
class MemoryWeChat:
    """WeChat in memory: codes, each once, by the unionid that they name."""

    codes: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def page(self, state: str, *, inside: bool) -> str:
        """Where the browser is to go."""
        return f"https://wechat.test/{'inside' if inside else 'qr'}?state={state}"

    def person(self, code: str, *, inside: bool) -> str:
        """Whose code this is."""
        self.asked += 1
        found = self.codes.pop(code, None)
        if found is None:
            raise WeChatRefused
        return found


class Fingerprint(KeyedHash):
    """Keyed hashes with a key that anybody knows."""

    def __init__(self) -> None:
        super().__init__(lambda _: {"key": "known"})


def no_ticket(person_id: LearnerId, nonce: str) -> str:
    """A ticket that a fake of the pool believes."""
    return f"{person_id}.{nonce}"


@dataclass
class MemoryDirectory:
    """Accounts of a user pool in memory."""

    accounts: list[PoolAccount] = field(default_factory=list)

    def by_email(self, email: str, most: int) -> list[PoolAccount]:
        """Those with this address, letters' case aside."""
        return [one for one in self.accounts if (one.email or "").casefold() == email.casefold()][:most]

    def by_phone(self, phone: str, most: int) -> list[PoolAccount]:
        """Those with this number."""
        return [one for one in self.accounts if one.phone == phone][:most]

    def by_id(self, beginning: str, most: int) -> list[PoolAccount]:
        """Those whose id begins so."""
        return [one for one in self.accounts if one.learner_id.startswith(beginning)][:most]
