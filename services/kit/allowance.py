"""How often one person may do something in a day. Pure."""

from dataclasses import replace
from datetime import date, datetime

from services.kit.days import civil_day
from services.kit.kinds import ID_ONLY, stored


@stored(shape=1, personal=ID_ONLY)
class Allowance:
    """What was used of a day's allowance."""

    day: date
    used: int

    def one_more(self, now: datetime) -> "Allowance":
        """After one more use; a new civil day in China begins anew."""
        today = civil_day(now)
        return replace(self, day=today, used=self.used + 1 if self.day == today else 1)
