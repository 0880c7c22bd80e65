"""The append-only log of what staff did, in the transaction that did it."""

from datetime import datetime

from services.kit.clock import Clock
from services.kit.days import civil_day
from services.kit.identity import Principal
from services.kit.ids import Ids
from services.kit.kinds import Kept, stored
from services.kit.store import Key, Put


@stored(
    shape=1,
    personal=Kept("actor", "subject", "reason", because="staff answer for what they did", until="the table goes"),
)
class AuditRecord:
    """One staff action."""

    at: datetime
    actor: str
    action: str
    subject: str
    reason: str


class AuditLog:
    """Makes the write that belongs into a staff action's transaction."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    def entry(self, principal: Principal, action: str, subject: str, reason: str) -> Put:
        """The write: partition by civil month in China, sorted by time.

        Release 1.0.0 took the month of UTC: its records of a month's first eight hours are in the one before.
        """
        now = self._clock.now()
        key = Key(f"AUDIT#{civil_day(now):%Y-%m}", f"{now.isoformat(timespec='milliseconds')}#{self._ids.new()}")
        return Put(key, AuditRecord(now, principal.id, action, subject, reason))
