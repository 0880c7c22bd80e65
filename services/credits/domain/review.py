"""Staff's decisions on what a watch gave: each is a few entries, and none depends on what the learner says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from services.credits.domain.awarding import NO_HOURS
from services.credits.domain.balances import open_holds
from services.credits.domain.ids import WatchId
from services.credits.domain.ledger import Draft, Entry, Kind, Reason


class Standing(StrEnum):
    """What an award is worth now."""

    STANDS = "stands"
    UNDER_REVIEW = "under_review"
    VOID = "void"


@dataclass(frozen=True)
class Verdict:
    """What somebody decides an award to be, in words that the learner reads, and who they are.

    `voided` is the reason of an award that is taken back.
    """

    standing: Standing
    note: str
    actor: str
    voided: Reason = Reason.REVIEW_VOIDED


def standing_of(award: Entry, entries: Sequence[Entry]) -> Standing:
    """Whether an award counts, waits for a reviewer, or was taken back."""
    if any(entry.kind is Kind.REVERSAL and entry.settles == award.number for entry in entries):
        return Standing.VOID
    return Standing.UNDER_REVIEW if _hold_on(award, entries) else Standing.STANDS


def decided(award: Entry, entries: Sequence[Entry], verdict: Verdict) -> list[Draft]:
    """The entries that bring an award to what the verdict says; none where it is that already.

    A void award stays void. The lecture is free again: a new watch of it can earn what this one did not.

    Raises:
        ValueError: the award is void.
    """
    now = standing_of(award, entries)
    if now is verdict.standing:
        return []
    if now is Standing.VOID:
        raise ValueError("a void award stays void")
    hold = _hold_on(award, entries)
    if verdict.standing is Standing.UNDER_REVIEW:
        return [_draft(Kind.HOLD, Reason.UNDER_REVIEW, award, award, verdict)]
    if verdict.standing is Standing.STANDS:
        return [_draft(Kind.RELEASE, Reason.REVIEW_CLEARED, award, hold or award, verdict)]
    reversal = _draft(Kind.REVERSAL, verdict.voided, award, award, verdict)
    return [replace(reversal, kind=Kind.RELEASE, settles=hold.number), reversal] if hold else [reversal]


def taken_back(watch_id: WatchId, entries: Sequence[Entry], note: str, actor: str) -> list[Draft]:
    """The entries after which a refunded watch gives nothing: its awards reversed, its other holds ended for good."""
    verdict = Verdict(Standing.VOID, note, actor, Reason.REFUNDED)
    own = [entry for entry in entries if entry.completion.watch_id == watch_id]
    awards = [draft for entry in own if entry.kind is Kind.AWARD for draft in decided(entry, entries, verdict)]
    waiting = [hold for hold in open_holds(own) if hold.settles is None]
    ends = [_draft(Kind.RELEASE, Reason.REFUNDED, hold, hold, verdict) for hold in waiting]
    declined = [replace(end, kind=Kind.DECLINED, hours=NO_HOURS, settles=None) for end in ends]
    return [*awards, *(draft for pair in zip(ends, declined, strict=True) for draft in pair)]


def _hold_on(award: Entry, entries: Sequence[Entry]) -> Entry | None:
    return next((hold for hold in open_holds(entries) if hold.settles == award.number), None)


def _draft(kind: Kind, reason: Reason, award: Entry, settles: Entry, verdict: Verdict) -> Draft:
    return Draft(
        kind,
        reason,
        award.hours,
        award.completion,
        award.credential,
        award.period,
        settles=settles.number,
        note=verdict.note,
        actor=verdict.actor,
    )
