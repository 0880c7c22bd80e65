"""Where it is kept what a learner has used of a day's allowance."""

from services.catalog.app.items import learner_pk
from services.catalog.domain.ids import LearnerId
from services.kit.store import Key


def allowance_key(learner_id: LearnerId, what: str) -> Key:
    """How much of a day's allowance a learner has used."""
    return Key(learner_pk(learner_id), f"ALLOWANCE#{what}")
