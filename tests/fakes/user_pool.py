"""The fake of the user pool and of the key that seals, as far as credits administers them."""

from dataclasses import dataclass, field

from services.credits.app.ports import Standing
from services.credits.domain.ids import LearnerId


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


@dataclass
class MemoryPool:
    """A user pool in memory. `done` is what was done to whom, in order."""

    users: dict[LearnerId, PoolUser] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    fails_at: str = ""
    """What fails, once."""

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
        return Standing(user.asks_for_codes, user.proven)

    def find(self, email: str) -> LearnerId | None:
        """Whose account has this address."""
        return next((id_ for id_, user in self.users.items() if user.email == email), None)

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
