"""The member quota: how many hours watching the members' library can earn in one period of a membership."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from services.credits.domain.balances import open_holds, promised
from services.credits.domain.ids import MembershipPeriodId, WatchId
from services.credits.domain.ledger import Completion, Entry, Kind, Reason
from services.kit.kinds import ID_ONLY, stored

ZERO = Decimal(0)


@stored(shape=1, personal=ID_ONLY)
class MembershipPeriod:
    """One period of a membership, valid in [valid_from, valid_until), as orders last told it (`sequence`).

    `quota_hours` is None where the plan sets no limit. A revoked period keeps what was earned in it.
    """

    id: MembershipPeriodId
    valid_from: datetime
    valid_until: datetime
    quota_hours: Decimal | None
    opens_library: bool
    revoked: bool
    sequence: int

    def covers(self, instant: datetime) -> bool:
        """Whether it runs at this instant."""
        return not self.revoked and self.valid_from <= instant < self.valid_until


@dataclass(frozen=True)
class QuotaState:
    """How one period's quota stands: the watches it is charged with, and the hours that are held as they did not fit.

    A watch is charged once, however many certificates it serves; a lecture waits once, however often it was watched.
    """

    period: MembershipPeriod
    watches: Mapping[WatchId, Decimal]
    waiting: Decimal = ZERO

    @property
    def charged(self) -> Decimal:
        """What was earned of it."""
        return sum(self.watches.values(), ZERO)

    @property
    def left(self) -> Decimal | None:
        """What can still be earned; None where there is no limit. A quota that shrank below its charges leaves none."""
        quota_hours = self.period.quota_hours
        return None if quota_hours is None else max(ZERO, quota_hours - self.charged)

    @property
    def is_overdrawn(self) -> bool:
        """Whether more was earned than it allows now."""
        return self.period.quota_hours is not None and self.charged > self.period.quota_hours

    def covers(self, watch: Completion) -> bool:
        """Whether it is charged with a watch already, or has room for the whole of it: an award is never split."""
        return watch.watch_id in self.watches or self.left is None or watch.hours <= self.left

    def charge(self, watch: Completion) -> "QuotaState":
        """How it stands once it is charged with a watch."""
        return replace(self, watches={**self.watches, watch.watch_id: watch.hours})


def quota_state(period: MembershipPeriod, entries: Sequence[Entry]) -> QuotaState:
    """How the period's quota stands by the ledger.

    An award that a reviewer holds keeps its charge, so that it can stand again; a reversed one gives it back.
    """
    own = [entry for entry in entries if entry.completion.membership_period_id == period.id]
    gone = {entry.settles for entry in entries if entry.kind is Kind.REVERSAL}
    awards = [entry for entry in own if entry.kind is Kind.AWARD and entry.number not in gone]
    holds = [hold for hold in open_holds(own) if hold.reason is Reason.MEMBER_QUOTA_EXCEEDED]
    waiting = sum((hold.hours for hold in promised(holds)), ZERO)
    charges = {award.completion.watch_id: award.completion.hours for award in awards}
    return QuotaState(period, charges, waiting)
