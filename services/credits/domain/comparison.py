"""Compares a ledger with what is kept beside it: award marks, membership quotas, and balances added up another way."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from services.credits.domain.awarding import award_mark
from services.credits.domain.balances import awarded
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import MembershipPeriodId, WatchId
from services.credits.domain.ledger import COUNTED, Entry, Kind
from services.credits.domain.quota import MembershipPeriod, quota_state
from services.credits.domain.verification import Fault, FaultKind

Balances = dict[tuple[Credential | None, date | None], Decimal]
"""Hours by credential and first day of the period."""

FIRST_SAID = 1
"""The sequence of a membership period's first state: its quota has never been another."""


def differences(
    entries: Sequence[Entry], marks: Mapping[str, WatchId], periods: Mapping[MembershipPeriodId, MembershipPeriod]
) -> list[Fault]:
    """Every difference between a whole chain and what is kept beside it; none where all agree.

    Args:
        marks: the watch that each award mark names, by the mark's own name (see `awarding.mark_name`).
        periods: the learner's membership periods, by id.
    """
    return [*_unmarked(entries, marks), *_wrongly_charged(entries, periods), *_unbalanced(entries)]


def missing_marks(entries: Sequence[Entry], marks: Mapping[str, WatchId]) -> list[Fault]:
    """A fault for each award without its mark. Of one that was taken back it may name a later watch."""
    gone = {entry.settles for entry in entries if entry.kind is Kind.REVERSAL}
    awards = [entry for entry in entries if entry.kind is Kind.AWARD and entry.number not in gone]
    without = [award for award in awards if marks.get(award_mark(award)) != award.completion.watch_id]
    return [Fault(FaultKind.UNMARKED, award.number) for award in without]


def _unmarked(entries: Sequence[Entry], marks: Mapping[str, WatchId]) -> list[Fault]:
    awards = {award_mark(entry) for entry in entries if entry.kind is Kind.AWARD}
    too_many = [Fault(FaultKind.UNMARKED, 0)] if marks.keys() - awards else []
    return [*missing_marks(entries, marks), *too_many]


def _wrongly_charged(entries: Sequence[Entry], periods: Mapping[MembershipPeriodId, MembershipPeriod]) -> list[Fault]:
    """A quota may shrink, and takes nothing back then: the sum is only judged where it has never been another."""
    faults: list[Fault] = []
    overdrawn: set[MembershipPeriodId] = set()
    for entry in entries:
        period_id = entry.completion.membership_period_id
        if period_id is None or entry.kind is not Kind.AWARD or period_id in overdrawn:
            continue
        period = periods.get(period_id)
        if period is None:
            faults.append(Fault(FaultKind.QUOTA_UNKNOWN, entry.number))
        elif period.sequence == FIRST_SAID and quota_state(period, entries).is_overdrawn:
            overdrawn.add(period_id)
            faults.append(Fault(FaultKind.OVER_QUOTA, entry.number))
    return faults


def _unbalanced(entries: Sequence[Entry]) -> list[Fault]:
    standing: Balances = defaultdict(Decimal)
    for credential in Credential:
        for award in awarded(entries, credential):
            standing[credential, award.period.start if award.period else None] += award.hours
    moved = _moved(entries)
    keys = standing.keys() | moved.keys()
    agree = all(standing.get(key, Decimal(0)) == moved.get(key, Decimal(0)) for key in keys)
    return [] if agree else [Fault(FaultKind.UNBALANCED, 0)]


def _moved(entries: Sequence[Entry]) -> Balances:
    """What the entries moved into and out of each period, one after another, without looking at what each acts on."""
    moved: Balances = defaultdict(Decimal)
    for entry in entries:
        moved[entry.credential, entry.period.start if entry.period else None] += _sign(entry) * entry.hours
    return moved


def _sign(entry: Entry) -> int:
    if entry.kind in COUNTED:
        return 1
    if entry.kind is Kind.REVERSAL:
        return -1
    # A reviewer's hold takes out of the period, and its release puts back. Other holds name none.
    reviewed = {Kind.HOLD: -1, Kind.RELEASE: 1}
    return reviewed.get(entry.kind, 0) if entry.period else 0
