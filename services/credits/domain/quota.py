"""The member quota: how many hours watching the members' library can earn in one period of a membership."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from services.credits.domain.balances import open_holds
from services.credits.domain.ledger import Completion, Entry, Kind, Reason

ZERO = Decimal(0)


@dataclass(frozen=True)
class MembershipPeriod:
    """One period of a membership, valid in [valid_from, valid_until), as orders last told it (`sequence`).

    `quota_hours` is None where the plan sets no limit. A revoked period keeps what was earned in it.
    """

    id: str
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
    """How one period's quota stands: charged with awards, and the hours that are held because they did not fit."""

    period: MembershipPeriod
    charged: Decimal
    waiting: Decimal

    @property
    def left(self) -> Decimal | None:
        """What can still be earned; None where there is no limit. A quota that shrank below its charges leaves none."""
        quota_hours = self.period.quota_hours
        return None if quota_hours is None else max(ZERO, quota_hours - self.charged)

    def covers(self, hours: Decimal) -> bool:
        """Whether the whole of these hours fits now."""
        return fits(self.period.quota_hours, [self.charged], hours)


def quota_state(period: MembershipPeriod, entries: Sequence[Entry]) -> QuotaState:
    """How the period's quota stands by the ledger; each watch counts once, however many certificates it serves."""
    waiting = {
        hold.completion.watch_id: hold.hours
        for hold in open_holds(entries)
        if hold.reason is Reason.MEMBER_QUOTA_EXCEEDED and hold.completion.membership_period_id == period.id
    }
    return QuotaState(period, sum(charges(entries, period.id).values(), ZERO), sum(waiting.values(), ZERO))


def charges(entries: Iterable[Entry], period_id: str) -> dict[str, Decimal]:
    """What the period's quota is charged with: the hours of each watch once, however many certificates it served.

    An award that a reviewer holds keeps its charge, so that it can stand again; a reversed one gives it back.
    """
    taken = list(entries)
    reversed_ = {entry.settles for entry in taken if entry.kind is Kind.REVERSAL}
    return {
        entry.completion.watch_id: entry.completion.hours
        for entry in taken
        if entry.kind is Kind.AWARD
        and entry.number not in reversed_
        and entry.completion.watch_id is not None
        and entry.completion.membership_period_id == period_id
    }


def fits(quota_hours: Decimal | None, used: Iterable[Decimal], hours: Decimal) -> bool:
    """Whether the whole of these hours fits: an award is never split."""
    return quota_hours is None or sum(used, ZERO) + hours <= quota_hours


class MemberQuota:
    """The learner's quotas as the ledger has charged them, together with what the transaction under way charges."""

    def __init__(
        self, entries: Callable[[], Iterable[Entry]], periods: Callable[[], Mapping[str, MembershipPeriod]]
    ) -> None:
        """What it loads, it loads when it is first asked: most watches ask nothing."""
        self._entries = entries
        self._periods = periods
        self._known: Mapping[str, MembershipPeriod] | None = None
        self._charges: dict[str, dict[str, Decimal]] = {}

    def charge(self, completion: Completion) -> bool:
        """Charges a watch that counts against a quota, unless it is charged already; False where it does not fit."""
        period_id, watch_id = completion.membership_period_id, completion.watch_id
        if period_id is None or watch_id is None:
            return True
        if self._known is None:
            self._known = self._periods()
        charged = self._charges.setdefault(period_id, charges(self._entries(), period_id))
        if watch_id not in charged:
            if not fits(self._known[period_id].quota_hours, charged.values(), completion.hours):
                return False
            charged[watch_id] = completion.hours
        return True
