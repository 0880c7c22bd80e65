"""What is kept of erasure, and where."""

from dataclasses import dataclass
from datetime import datetime

from services.kit.store import Key
from services.orders.app.items import learner


def erased_key(learner_id: str) -> Key:
    """Says that a learner's personal data was erased, and none is to be added."""
    return Key(learner(learner_id), "ERASED")


@dataclass(frozen=True)
class Erased:
    """Says that a learner asked to be forgotten."""

    at: datetime
