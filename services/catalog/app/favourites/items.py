"""Where a learner's favourites are."""

from services.catalog.app.items import learner_pk
from services.catalog.domain.ids import LearnerId
from services.kit.store import Key


def favourites_key(learner_id: LearnerId) -> Key:
    """All that the learner marked."""
    return Key(learner_pk(learner_id), "FAVOURITES")
