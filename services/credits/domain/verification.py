"""Checks a learner's whole chain, and names every entry that is not as it was written."""

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
    ROLLED_BACK = "not what the heads of that day say was there: rolled back together with the head"
    UNNOTED = "not in the heads of its day, as if it had not been posted"
    UNMARKED = "an award without its mark, or a mark without its award"
    QUOTA_UNKNOWN = "charged to a membership period that is not known"
    OVER_QUOTA = "more charged than the membership period has ever allowed"
    UNBALANCED = "not in balance: the sum over the period's entries is not what stands in it"
    NOT_POSTED = "not under its day, or under a day and not in the ledger"


@dataclass(frozen=True)
class Fault:
    """One thing wrong. `number` is the place in the chain, from 1; 0 is the head."""

    kind: FaultKind
    number: int


def verify_chain(learner_id: LearnerId, entries: Sequence[Entry], head: Head | None, macs: Macs) -> list[Fault]:
    """Every fault of the chain, in order; none if it is whole.

    `entries` are in the order in which they are stored. A roll-back of entries and head together to an earlier, once
    valid state is not found here: only a copy of a later head, kept elsewhere, shows it.

    Raises:
        UnknownKey: the key of an entry's or the head's key id is not in the ring.
    """
    faults: list[Fault] = []
    numbers = {entry.number for entry in entries}
    place, last_mac, broken = 1, "", False
    for entry in entries:
        # A number that was changed says nothing: only of entries that are ours it says how many are missing.
        if entry.number > place and place not in numbers and is_genuine(entry, macs):
            faults += [Fault(FaultKind.MISSING, number) for number in range(place, entry.number)]
            place, broken = entry.number, True
        kind = _entry_fault(learner_id, entry, place, macs)
        # What follows on a gap or on a changed entry does not follow it: that is the same fault, and is named once.
        if kind is None and not broken and entry.prev_mac != last_mac:
            kind = FaultKind.UNLINKED
        if kind:
            faults.append(Fault(kind, place))
        place, last_mac, broken = place + 1, entry.mac, kind is not None
    head_faults = _head_faults(learner_id, place - 1, last_mac, head, macs)
    return [*faults, *head_faults, *_second_awards(entries)]


def _entry_fault(learner_id: LearnerId, entry: Entry, place: int, macs: Macs) -> FaultKind | None:
    if not is_genuine(entry, macs):
        return FaultKind.CHANGED
    if entry.number != place:
        return FaultKind.REORDERED
    return FaultKind.FOREIGN if entry.learner_id != learner_id else None


def _head_faults(learner_id: LearnerId, count: int, last_mac: str, head: Head | None, macs: Macs) -> list[Fault]:
    if head is None:
        return [Fault(FaultKind.HEAD_MISSING, 0)] if count else []
    if not is_genuine(head, macs) or head.learner_id != learner_id:
        return [Fault(FaultKind.HEAD_CHANGED, 0)]
    if count < head.count:
        return [Fault(FaultKind.MISSING, number) for number in range(count + 1, head.count + 1)]
    if count > head.count:
        return [Fault(FaultKind.BEYOND_HEAD, number) for number in range(head.count + 1, count + 1)]
    return [] if head.last_mac == last_mac else [Fault(FaultKind.UNLINKED, count)]


def _second_awards(entries: Sequence[Entry]) -> list[Fault]:
    """Every entry is genuine, but the mark that forbids a second award was not there: somebody deleted it.

    A reversal frees the lecture: what it takes back is no first award any more.
    """
    gone = {entry.settles: entry.number for entry in entries if entry.kind is Kind.REVERSAL}
    standing: dict[tuple[object, ...], Entry] = {}
    faults = []
    for entry in entries:
        if entry.kind is not Kind.AWARD or entry.period is None:
            continue
        award = (entry.credential, entry.completion.content_id, entry.period.start)
        first = standing.get(award)
        if first and gone.get(first.number, entry.number) >= entry.number:
            faults.append(Fault(FaultKind.AWARDED_TWICE, entry.number))
        standing[award] = entry
    return faults
