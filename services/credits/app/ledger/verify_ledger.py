"""Checks ledgers, for an operator or an auditor: one learner's, or all there are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from services.credits.app.context import LedgerContext
from services.credits.app.ledger.items import Posting, award_marks, head_key, read_entries
from services.credits.app.ledger.read_heads import HeadsReport
from services.credits.app.memberships.items import membership_periods
from services.credits.domain.comparison import differences, missing_marks
from services.credits.domain.heads import rolled_back, unnoted
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry, Head
from services.credits.domain.verification import Fault, FaultKind, verify_chain
from services.kit.days import Days
from services.kit.store import Store


@dataclass(frozen=True)
class Verdict:
    """How many entries there are, and every fault; none if the chain is whole."""

    entries: int
    faults: list[Fault]


@dataclass
class Inventory:
    """What lies in the table: whose ledgers, and which entries are posted under their days."""

    learners: set[LearnerId] = field(default_factory=set)
    posted: dict[LearnerId, set[int]] = field(default_factory=dict)

    def add(self, posting: Posting) -> None:
        """Takes a posting in."""
        numbers = range(posting.first, posting.last + 1)
        self.posted.setdefault(posting.learner_id, set()).update(numbers)


def verify_ledger(
    ctx: LedgerContext, learner_id: LearnerId, heads: Sequence[Head] = (), sealed: Days | None = None
) -> Verdict:
    """Reads entries, then head, and checks them; then what is kept beside them: marks, quotas, balances.

    While entries are being added it may report a fault: run it again.

    Args:
        heads: the ledger's, of days gone by; without them a roll-back of entries and head together is not found.
        sealed: the days of which these are all of its heads; None where they are some of them.

    Raises:
        UnknownKey: the key ring lacks a key that signed.
    """
    store = ctx.store
    entries = read_entries(store, learner_id)
    head = store.get(head_key(learner_id), Head)
    broken = verify_chain(learner_id, entries, head.value if head else None, ctx.macs)
    gone = [Fault(FaultKind.ROLLED_BACK, number) for number in rolled_back(entries, heads)]
    gone += [Fault(FaultKind.UNNOTED, number) for number in unnoted(entries, heads, sealed)]
    return Verdict(len(entries), [*broken, *gone, *_beside(store, learner_id, entries, broken)])


def _beside(store: Store, learner_id: LearnerId, entries: Sequence[Entry], broken: Sequence[Fault]) -> list[Fault]:
    """What is kept beside the chain; of a broken one only that entries that are whole have their marks."""
    marks = award_marks(store, learner_id)
    if not broken:
        return differences(entries, marks, membership_periods(store, learner_id))
    faulty = {fault.number for fault in broken}
    return missing_marks([entry for entry in entries if entry.number not in faulty], marks)


def verify_all(ctx: LedgerContext, report: HeadsReport, inventory: Inventory) -> Iterator[tuple[LearnerId, Verdict]]:
    """Checks every ledger that the table has, or that heads or a posting say it should have.

    Raises:
        UnknownKey: the key ring lacks a key that signed.
    """
    for learner_id in sorted(inventory.learners | report.heads.keys() | inventory.posted.keys()):
        verdict = verify_ledger(ctx, learner_id, report.heads.get(learner_id, ()), report.sealed)
        lost = unposted(verdict.entries, inventory.posted.get(learner_id, ()))
        yield learner_id, Verdict(verdict.entries, [*verdict.faults, *lost])


def unposted(entries: int, posted: Iterable[int]) -> list[Fault]:
    """A fault for each number that is in the ledger and not under a day, or the other way round."""
    numbers = set(range(1, entries + 1)).symmetric_difference(posted)
    return [Fault(FaultKind.NOT_POSTED, number) for number in sorted(numbers)]
