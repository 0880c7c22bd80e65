"""Checks a learner's whole chain, and names the first entry that is not as it was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry, Head, Kind, Macs, is_genuine


class FaultKind(StrEnum):
    """How an entry or the head fails."""

    MISSING = "missing"
    REORDERED = "reordered"
    CHANGED = "changed"
    FOREIGN = "of another learner"
    AWARDED_TWICE = "a second award of the same lecture in the same period"
    UNLINKED = "not the successor of the entry before it"
    BEYOND_HEAD = "beyond the head's count"
    HEAD_MISSING = "head missing"
    HEAD_CHANGED = "head changed"
    ROLLED_BACK = "not what an anchor says was there: rolled back together with the head"
    UNMARKED = "an award without its mark, or a mark without its award"
    QUOTA_UNKNOWN = "charged to a membership period that is not known"
    OVER_QUOTA = "more charged than the membership period has ever allowed"
    UNBALANCED = "not in balance: the sum over the period's entries is not what stands in it"
    NOT_POSTED = "not under its day, or under a day and not in the ledger"


@dataclass(frozen=True)
class Fault:
    """The first thing wrong. `number` is the place in the chain, from 1; 0 is the head."""

    kind: FaultKind
    number: int


def verify_chain(learner_id: LearnerId, entries: Sequence[Entry], head: Head | None, macs: Macs) -> Fault | None:
    """The first fault of the chain, None if it is whole.

    `entries` are in the order in which they are stored. A roll-back of entries and head together to an earlier, once
    valid state is not found here: only a copy of a later head, kept elsewhere, shows it.

    Raises:
        UnknownKey: the key of an entry's or the head's key id is not in the ring.
    """
    numbers = {entry.number for entry in entries}
    last_mac = ""
    for place, entry in enumerate(entries, start=1):
        kind = _entry_fault(learner_id, entry, place, numbers, last_mac, macs)
        if kind:
            return Fault(kind, place)
        last_mac = entry.mac
    head_fault = _head_fault(learner_id, len(entries), last_mac, head, macs)
    return head_fault or _second_award(entries)


def _entry_fault(
    learner_id: LearnerId, entry: Entry, place: int, numbers: set[int], last_mac: str, macs: Macs
) -> FaultKind | None:
    if entry.number != place:
        return FaultKind.REORDERED if place in numbers else FaultKind.MISSING
    if not is_genuine(entry, macs):
        return FaultKind.CHANGED
    if entry.learner_id != learner_id:
        return FaultKind.FOREIGN
    return None if entry.prev_mac == last_mac else FaultKind.UNLINKED


def _head_fault(learner_id: LearnerId, count: int, last_mac: str, head: Head | None, macs: Macs) -> Fault | None:
    if head is None:
        return Fault(FaultKind.HEAD_MISSING, 0) if count else None
    if not is_genuine(head, macs) or head.learner_id != learner_id:
        return Fault(FaultKind.HEAD_CHANGED, 0)
    if count < head.count:
        return Fault(FaultKind.MISSING, count + 1)
    if count > head.count:
        return Fault(FaultKind.BEYOND_HEAD, head.count + 1)
    return None if head.last_mac == last_mac else Fault(FaultKind.UNLINKED, count)


def _second_award(entries: Sequence[Entry]) -> Fault | None:
    """Every entry is genuine, but the mark that forbids a second award was not there: somebody deleted it."""
    seen = set()
    for entry in entries:
        if entry.kind is Kind.AWARD and entry.period:
            award = (entry.credential, entry.completion.content_id, entry.period.start)
            if award in seen:
                return Fault(FaultKind.AWARDED_TWICE, entry.number)
            seen.add(award)
    return None
