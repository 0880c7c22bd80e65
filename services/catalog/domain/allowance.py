"""How much one learner may write in a day. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""Asia/Shanghai, which has had no summer time since 1991."""


@dataclass(frozen=True)
class Allowance:
    """What was used of a day's allowance."""

    day: date
    used: int

    def one_more(self, now: datetime) -> "Allowance":
        """After one more use; a new civil day in China begins anew."""
        today = now.astimezone(CHINA).date()
        return Allowance(today, self.used + 1 if self.day == today else 1)
