"""Where it stands that somebody was erased."""

from datetime import datetime

from services.catalog.app.items import learner_pk
from services.catalog.domain.ids import LearnerId
from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Key


@stored(shape=1, personal=ID_ONLY)
class Erasure:
    """That a person was erased. A token that is out works for an hour more, and must write nothing."""

    at: datetime


def erasure_key(learner_id: LearnerId) -> Key:
    """Says that the learner was erased."""
    return Key(learner_pk(learner_id), "ERASED")
