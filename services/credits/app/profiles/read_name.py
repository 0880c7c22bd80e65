"""What learners are called."""

from services.credits.app.profiles.items import profile_key
from services.credits.domain.ids import LearnerId
from services.credits.domain.profile import Profile
from services.kit.store import Store


def real_name(store: Store, learner_id: LearnerId) -> str | None:
    """A learner's real name; None where the profile has none."""
    found = store.get(profile_key(learner_id), Profile)
    return found.value.real_name if found else None
