"""Where codes, identities and their holders lie. Keys tell no number: they have keyed hashes."""

from datetime import datetime

from services.credits.app.access.items import access_pk
from services.credits.app.ledger.items import head_key
from services.credits.app.profiles.items import profile_key
from services.credits.domain.identities import Identities
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Head
from services.credits.domain.profile import Profile
from services.kit.kinds import ID_ONLY, NOTHING, stored
from services.kit.store import Key, Store, Stored, read_or


def code_key(hashed: str, code_id: str) -> Key:
    """One code that was sent to a number or address, by the id that the asking browser was told."""
    return Key(f"SENT_CODE#{hashed}", code_id)


def sends_key(what: str, hashed: str) -> Key:
    """How many codes were sent to, or asked for by, a `target`, `device` or `address`."""
    return Key(f"SENDS#{what}#{hashed}", "SENDS")


def holder_key(hashed: str) -> Key:
    """Whose an identity is."""
    return Key(f"IDENTITY#{hashed}", "HOLDER")


def identities_key(person_id: LearnerId) -> Key:
    """A person's identities."""
    return Key(access_pk(person_id), "IDENTITIES")


def callback_key(nonce: str) -> Key:
    """That an answer of WeChat's was taken: each is once."""
    return Key(f"CALLBACK#{nonce}", "TAKEN")


@stored(shape=1, personal=NOTHING)
class TakenCallback:
    """That an answer of WeChat's was taken."""

    at: datetime


@stored(shape=1, personal=ID_ONLY)
class Belongings:
    """That somebody was once given a course, whatever became of it: of what else they have there are other items."""

    since: datetime


def belongings_key(person_id: LearnerId) -> Key:
    """Whether somebody was given a course."""
    return Key(access_pk(person_id), "BELONGINGS")


def read_identities(store: Store, person_id: LearnerId) -> Stored[Identities]:
    """A person's identities."""
    return read_or(store, identities_key(person_id), Identities())


def has_something(store: Store, person_id: LearnerId) -> bool:
    """Whether an account has anything that must not be lost: a ledger, certificates, a membership (each writes the
    ledger's head), a profile, a course."""
    profile = store.get(profile_key(person_id), Profile)
    return (
        (profile is not None and profile.value.revision > 0)
        or store.get(head_key(person_id), Head) is not None
        or store.get(belongings_key(person_id), Belongings) is not None
    )
