"""A learner's membership: periods one after another."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from services.kit.days import SHANGHAI
from services.kit.kinds import ID_ONLY, stored
from services.orders.domain.ids import LearnerId, PeriodId, PlanId
from services.orders.domain.plan import Plan


@dataclass(frozen=True)
class Period:
    """One period of membership: valid in [valid_from, valid_until), both whole seconds; not at all once revoked.

    The version of the plan it was granted under stays with it. `sequence` counts what was said of it, from 1.
    `revoking`: a refund waits for what playback says; until then nothing is claimed or priced on it.
    """

    id: PeriodId
    plan_id: PlanId
    plan_version: date
    valid_from: datetime
    valid_until: datetime
    sequence: int = 1
    revoked: bool = False
    revoking: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is the learner's, and no refund of it is under way."""
        return not (self.revoked or self.revoking)

    def covers(self, instant: datetime) -> bool:
        """Whether the instant is within: the first second is, the last is not."""
        return self.holds and self.valid_from <= instant < self.valid_until


@stored(shape=1, personal=ID_ONLY)
class Membership:
    """All periods a learner was ever granted, in order, none overlapping."""

    learner_id: LearnerId
    periods: tuple[Period, ...] = ()

    def period_at(self, instant: datetime) -> Period | None:
        """The period that runs at this instant."""
        return next((period for period in self.periods if period.covers(instant)), None)

    def valid_until(self, instant: datetime) -> datetime | None:
        """When the membership that runs at this instant ends, the periods that follow on included."""
        end = None
        for period in self.periods:
            if period.covers(instant) or (period.valid_from == end and period.holds):
                end = period.valid_until
        return end

    def extended(self, plan: Plan, now: datetime, period_id: PeriodId) -> "Membership":
        """With one more period, of this id: after the last where that still runs, else from this second."""
        start = max([now.replace(microsecond=0), *(period.valid_until for period in self._held())])
        period = Period(period_id, plan.id, plan.effective_from, start, add_months(start, plan.length_months))
        return replace(self, periods=(*self.periods, period))

    def period(self, period_id: PeriodId) -> Period:
        """One period of whatever time. Raises LookupError."""
        for period in self.periods:
            if period.id == period_id:
                return period
        raise LookupError(period_id)

    def revoking(self, period_id: PeriodId) -> "Membership":
        """With the last period that holds, of this id, being taken back. Raises LookupError where another is the last.

        Taking back an earlier one would leave the learner with a gap that the next purchase does not fill.
        """
        last = max((period for period in self.periods if period.holds), key=_start, default=None)
        if last is None or last.id != period_id:
            raise LookupError(period_id)
        return self._with(replace(last, revoking=True))

    def kept(self, period_id: PeriodId) -> "Membership":
        """With a period that is not taken back after all. Raises LookupError."""
        return self._with(replace(self.period(period_id), revoking=False))

    def revoked(self, period_id: PeriodId, now: datetime) -> "Membership":
        """With a period taken back; what was bought meanwhile, to follow on it, begins earlier. Raises LookupError."""
        period = self.period(period_id)
        taken = replace(period, revoked=True, revoking=False, sequence=period.sequence + 1)
        membership = self._with(taken)
        for later in sorted(self.periods, key=_start):
            if later.holds and later.valid_from > max(now, period.valid_from):
                membership = membership._moved_up(later, now)  # noqa: SLF001 (a Membership)
        return membership

    def _moved_up(self, period: Period, now: datetime) -> "Membership":
        before = (other.valid_until for other in self._held() if other.valid_from < period.valid_from)
        start = max([now.replace(microsecond=0), *before])
        end = add_months(start, _months(period))
        return self._with(replace(period, valid_from=start, valid_until=end, sequence=period.sequence + 1))

    def _with(self, changed: Period) -> "Membership":
        return replace(self, periods=tuple(changed if old.id == changed.id else old for old in self.periods))

    def _held(self) -> list[Period]:
        return [period for period in self.periods if not period.revoked]


def _start(period: Period) -> datetime:
    return period.valid_from


def _months(period: Period) -> int:
    start, end = period.valid_from.astimezone(SHANGHAI), period.valid_until.astimezone(SHANGHAI)
    return (end.year - start.year) * 12 + end.month - start.month


def add_months(instant: datetime, months: int) -> datetime:
    """The same time of day in Asia/Shanghai, months later; on the month's last day where it has no such day."""
    local = instant.astimezone(SHANGHAI)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(UTC)
