"""What is kept of second factors and sign-ins, in a partition of its own for each person."""

from datetime import datetime, timedelta

from services.credits.domain.ids import LearnerId
from services.kit.kinds import ID_ONLY, Emptied, stored
from services.kit.store import Key

SIGN_INS = "SIGN_IN#"
REFRESH_LIVES = timedelta(days=7)
"""As the user pool's client says (infra/stacks/platform.py): no sign-in lasts longer."""


@stored(shape=1, personal=ID_ONLY)
class SecondFactor:
    """A person's second factor: hashes of the recovery codes that were not used. None are left of one that is gone."""

    set_up_at: datetime
    codes: list[str]


def access_pk(person_id: LearnerId) -> str:
    """The partition of a person who signs in."""
    return f"ACCESS#{person_id}"


def second_factor_key(person_id: LearnerId) -> Key:
    """The person's second factor."""
    return Key(access_pk(person_id), "SECOND_FACTOR")


@stored(shape=1, personal=Emptied("agent", "token"))
class SignIn:
    """One sign-in: with what browser, and the sealed token that renews it, with which it can be ended."""

    begun_at: datetime
    seen_at: datetime
    agent: str
    token: str
    ended_at: datetime | None = None


def sign_in_key(person_id: LearnerId, session: str) -> Key:
    """One sign-in, by the id that all its tokens carry."""
    return Key(access_pk(person_id), f"{SIGN_INS}{session}")


def sign_in_expiry(begun_at: datetime) -> int:
    """The Unix second after which a sign-in that began then need not be kept."""
    return int((begun_at + REFRESH_LIVES).timestamp())
