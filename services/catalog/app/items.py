"""What keys of several subjects have in common. Access patterns and costs: the service's README."""

from datetime import datetime

from services.catalog.domain.ids import LearnerId
from services.kit.clock import to_ms
from services.kit.ids import Ids

STATISTICS = "STATISTICS"
"""The partition of what is counted of courses."""

_LAST_MS = 9_999_999_999_999
"""In the year 2286."""


def learner_pk(learner_id: LearnerId) -> str:
    """The partition of what is a learner's."""
    return f"LEARNER#{learner_id}"


def falling(instant: datetime) -> str:
    """13 digits that come the earlier, the later the instant."""
    return f"{_LAST_MS - to_ms(instant):013d}"


def newest_first_id(now: datetime, ids: Ids) -> str:
    """A fresh identifier, smaller than those made before it: 32 digits and small letters."""
    return falling(now) + ids.new()[-19:]
