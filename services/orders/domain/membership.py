"""A learner's membership: periods one after another."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone

from services.orders.domain.plan import Plan

CHINA = timezone(timedelta(hours=8))
"""Asia/Shanghai: civil dates of the product are there. It has had no summer time since 1991."""


@dataclass(frozen=True)
class Period:
    """One period of membership: valid in [valid_from, valid_until), both whole seconds; not at all once revoked.

    The version of the plan it was granted under stays with it. `sequence` counts what was said of it, from 1.
    """

    id: str
    plan_id: str
    plan_version: date
    valid_from: datetime
    valid_until: datetime
    sequence: int = 1
    revoked: bool = False

    def covers(self, instant: datetime) -> bool:
        """Whether the instant is within: the first second is, the last is not."""
        return not self.revoked and self.valid_from <= instant < self.valid_until


@dataclass(frozen=True)
class Membership:
    """All periods a learner was ever granted, in order, none overlapping."""

    learner_id: str
    periods: tuple[Period, ...] = ()

    def period_at(self, instant: datetime) -> Period | None:
        """The period that runs at this instant."""
        return next((period for period in self.periods if period.covers(instant)), None)

    def valid_until(self, instant: datetime) -> datetime | None:
        """When the membership that runs at this instant ends, the periods that follow on included."""
        end = None
        for period in self.periods:
            if period.covers(instant) or (period.valid_from == end and not period.revoked):
                end = period.valid_until
        return end

    def extended(self, plan: Plan, now: datetime, period_id: str) -> "Membership":
        """With one more period, of this id: after the last where that still runs, else from this second."""
        start = max([now.replace(microsecond=0), *(period.valid_until for period in self._held())])
        period = Period(period_id, plan.id, plan.effective_from, start, add_months(start, plan.length_months))
        return replace(self, periods=(*self.periods, period))

    def period(self, period_id: str) -> Period:
        """One period of whatever time. Raises LookupError."""
        for period in self.periods:
            if period.id == period_id:
                return period
        raise LookupError(period_id)

    def without(self, period_id: str) -> "Membership":
        """With the last period that it has, of this id, taken back. Raises LookupError where another one is the last.

        Taking back an earlier one would leave the learner with a gap that the next purchase does not fill.
        """
        last = max(self._held(), key=lambda period: period.valid_from, default=None)
        if last is None or last.id != period_id:
            raise LookupError(period_id)
        revoked = replace(last, revoked=True, sequence=last.sequence + 1)
        return replace(self, periods=tuple(revoked if period is last else period for period in self.periods))

    def _held(self) -> list[Period]:
        return [period for period in self.periods if not period.revoked]


def china_date(instant: datetime) -> date:
    """The civil date in Asia/Shanghai."""
    return instant.astimezone(CHINA).date()


def add_months(instant: datetime, months: int) -> datetime:
    """The same time of day in Asia/Shanghai, months later; on the month's last day where it has no such day."""
    local = instant.astimezone(CHINA)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(UTC)
