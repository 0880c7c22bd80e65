"""What is kept of erasures, and where."""

from datetime import datetime

from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Key
from services.orders.app.items import learner_pk
from services.orders.domain.ids import LearnerId


def erasure_key(learner_id: LearnerId) -> Key:
    """Says that a learner's personal data was erased, and none is to be added."""
    return Key(learner_pk(learner_id), "ERASED")


@stored(shape=1, personal=ID_ONLY)
class Erasure:
    """Says that a learner asked to be forgotten."""

    at: datetime
