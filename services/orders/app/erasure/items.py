"""What is kept of erasures, and where."""

from dataclasses import dataclass
from datetime import datetime

from services.kit.store import Key
from services.orders.app.items import learner_partition
from services.orders.domain.ids import LearnerId


def erasure_key(learner_id: LearnerId) -> Key:
    """Says that a learner's personal data was erased, and none is to be added."""
    return Key(learner_partition(learner_id), "ERASED")


@dataclass(frozen=True)
class ErasureMark:
    """Says that a learner asked to be forgotten."""

    at: datetime
