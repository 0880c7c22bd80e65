"""Codes that prove a phone number or an address: six digits, once, five minutes, five tries; and how many are sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.kit.kinds import NOTHING, stored

DIGITS = 6
LIVES = timedelta(minutes=5)
TRIES = 5
"""Of one code; whatever else is asked for beside it counts too, so that it cannot be tried out either."""


@dataclass(frozen=True)
class Limit:
    """At most so many within a time."""

    most: int
    within: timedelta


RESEND = timedelta(minutes=1)
PER_TARGET = (Limit(1, RESEND), Limit(5, timedelta(hours=1)), Limit(10, timedelta(days=1)))
"""To one number or address. With five tries each, fifty guesses a day at a million codes."""
PER_DEVICE = (Limit(10, timedelta(hours=1)),)
PER_ADDRESS = (Limit(60, timedelta(hours=1)), Limit(300, timedelta(days=1)))
"""From one network address: a training room registers together, behind one."""


@stored(shape=1, personal=NOTHING)
class SentCode:
    """One code: a keyed hash of it. It lies under its own id, which only the browser that asked for it was told."""

    hashed: str
    until: datetime
    tries: int = 0
    used: bool = False

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be tried."""
        return not self.used and self.tries < TRIES and now < self.until

    def tried(self) -> "SentCode":
        """After one more try."""
        return replace(self, tries=self.tries + 1)


@stored(shape=1, personal=NOTHING)
class Sends:
    """When codes were sent to one number, or asked for by one device or network address, in the last day."""

    at: tuple[datetime, ...] = ()

    def one_more(self, now: datetime, limits: Sequence[Limit]) -> "Sends":
        """With one that is sent now, without those that no limit counts any more."""
        longest = max(limit.within for limit in limits)
        return replace(self, at=(*(at for at in self.at if now - at < longest), now))

    def wait_s(self, now: datetime, limits: Sequence[Limit]) -> int:
        """How many seconds until one more may be sent; 0 where it may now."""
        return max(0, *(self._wait(now, limit) for limit in limits), 0)

    def _wait(self, now: datetime, limit: Limit) -> int:
        counted = [at for at in self.at if now - at < limit.within]
        if len(counted) < limit.most:
            return 0
        left = counted[-limit.most] + limit.within - now
        return max(1, -(-left // timedelta(seconds=1)))
