"""One comparison of a provider's statement of a day with our cash book: asked for, done, and what it found."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.kit.kinds import Kept, stored
from services.orders.domain.export import KeptFile
from services.orders.domain.ids import CheckId
from services.orders.domain.payment import LineKind, ProviderName
from services.orders.domain.reconciliation import Difference, Reconciliation, Totals

SHOWN = 200
"""Differences that are kept with the check; its file has all of them."""


class CheckState(StrEnum):
    """How a check stands. It leaves REQUESTED once."""

    REQUESTED = "requested"
    DONE = "done"
    NOT_READY = "not_ready"
    UNREADABLE = "unreadable"
    NO_ACCOUNT = "no_account"


class Finding(StrEnum):
    """In what a difference consists. `AMOUNT_DIFFERS`: both sides have it and tell it otherwise, the amount or else."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    AMOUNT_DIFFERS = "amount_differs"


@dataclass(frozen=True)
class ReportedDifference:
    """One difference."""

    finding: Finding
    difference: Difference

    @property
    def told(self) -> str:
        """All that it says, by which it is known again when the day is compared once more."""
        one = self.difference
        said = [f"{found.what}: {found.ours} / {found.theirs}" for found in one.particulars]
        return "\n".join([self.finding, one.kind, one.reference, f"{one.ours_fen} / {one.theirs_fen}", *said])


@stored(shape=1, personal=Kept("by", "reason", because="staff answer for what they did", until="the table goes"))
class Resolution:
    """Says that finance has found out about a difference. `by` is a person's opaque id."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class CheckResult:
    """What came of a check: totals per kind of movement, how many differ and in what, the first of them."""

    matched: dict[LineKind, Totals]
    ours: dict[LineKind, Totals]
    theirs: dict[LineKind, Totals]
    counts: dict[Finding, int]
    first: tuple[ReportedDifference, ...]
    files: tuple[KeptFile, ...]

    @property
    def is_clean(self) -> bool:
        """Whether both sides say the same."""
        return not any(self.counts.values())


@stored(
    shape=1, personal=Kept("requested_by", "reason", because="staff answer for what they did", until="the table goes")
)
class StatementCheck:
    """What was asked for. `statement_key` is of a statement that finance uploaded; without one it is fetched."""

    check_id: CheckId
    provider: ProviderName
    day: date
    requested_by: str
    reason: str
    requested_at: datetime
    correlation_id: str
    statement_key: str | None = None
    state: CheckState = CheckState.REQUESTED
    finished_at: datetime | None = None
    result: CheckResult | None = None

    def finished(self, state: CheckState, now: datetime, result: CheckResult | None = None) -> "StatementCheck":
        """At its end."""
        return replace(self, state=state, finished_at=now, result=result)


def differences(done: Reconciliation) -> list[ReportedDifference]:
    """Every difference, the graver ones first: money that the provider took or sent and we know nothing of."""
    by_finding = {
        Finding.MISSING_HERE: done.missing_here,
        Finding.AMOUNT_DIFFERS: [*done.amount_differs, *done.particulars_differ],
        Finding.MISSING_THERE: done.missing_there,
    }
    return [ReportedDifference(finding, difference) for finding, all_ in by_finding.items() for difference in all_]
