"""Learners' real names, from their profiles."""

from dataclasses import dataclass

from services.credits.app.keys import profile_key
from services.kit.store import Store


@dataclass(frozen=True)
class NameOfProfile:
    """The one field of a profile that is printed."""

    real_name: str | None = None


class StoredNames:
    """Reads the profile as it stands."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def real_name(self, learner_id: str) -> str | None:
        """A learner's real name; None where the profile has none."""
        found = self._store.get(profile_key(learner_id), NameOfProfile)
        return found.value.real_name if found else None
