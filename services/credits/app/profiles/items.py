"""Where personal data lies, and what learners are called."""

from datetime import datetime

from services.credits.domain.ids import LearnerId
from services.credits.domain.profile import Profile
from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Key, Store, read_or


def person_pk(learner_id: LearnerId) -> str:
    """The partition of a learner as a person: apart from the account, so that it can go and the ledger stay."""
    return f"PROFILE#{learner_id}"


def profile_key(learner_id: LearnerId) -> Key:
    """The learner's profile."""
    return Key(person_pk(learner_id), "PROFILE")


@stored(shape=1, personal=ID_ONLY)
class ProfileChange:
    """Which fields one change touched, and when. What they held is not kept."""

    at: datetime
    fields: list[str]


CHANGES = "CHANGE#"


def profile_change_key(learner_id: LearnerId, revision: int) -> Key:
    """Which fields a change of the profile touched."""
    return Key(person_pk(learner_id), f"{CHANGES}{revision:06d}")


def is_erased(store: Store, learner_id: LearnerId) -> bool:
    """Whether the person was forgotten. Who decides on this requires the ledger's head, which forgetting writes."""
    return read_or(store, profile_key(learner_id), Profile()).value.erased_at is not None


def real_name(store: Store, learner_id: LearnerId) -> str | None:
    """A learner's real name; None where the profile has none."""
    return read_or(store, profile_key(learner_id), Profile()).value.real_name
