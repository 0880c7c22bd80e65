"""Who has taken a course. Pure."""

from dataclasses import replace
from datetime import datetime

from services.kit.kinds import ID_ONLY, stored


@stored(shape=1, personal=ID_ONLY)
class Enrolment:
    """A learner has a course, since its first entitlement or, in a membership's library, its first completion."""

    since: datetime
    completed_at: datetime | None = None

    def completed(self, at: datetime) -> "Enrolment":
        """With its first completion: completing again changes nothing, whatever arrives when."""
        return replace(self, completed_at=min(at, self.completed_at or at))
