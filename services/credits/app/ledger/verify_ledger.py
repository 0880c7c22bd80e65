"""Checks ledgers, for an operator or an auditor: one learner's, or all there are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.credits.app.context import LedgerContext
from services.credits.app.ledger.anchor_ledgers import AnchorReport
from services.credits.app.ledger.items import Posting, award_marks, head_key, read_entries
from services.credits.app.memberships.items import membership_periods
from services.credits.domain.anchors import rolled_back_at
from services.credits.domain.comparison import first_difference
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Head
from services.credits.domain.verification import Fault, FaultKind, verify_chain


@dataclass(frozen=True)
class Verdict:
    """How many entries there are, and the first fault, None if the chain is whole."""

    entries: int
    fault: Fault | None


@dataclass
class Inventory:
    """What lies in the table: whose ledgers, and which entries are posted under their days."""

    learners: set[LearnerId] = field(default_factory=set)
    posted: dict[LearnerId, set[int]] = field(default_factory=dict)

    def add(self, posting: Posting) -> None:
        """Takes a posting in."""
        numbers = range(posting.first, posting.last + 1)
        self.posted.setdefault(posting.learner_id, set()).update(numbers)


def verify_ledger(ctx: LedgerContext, learner_id: LearnerId, anchored: AnchorReport | None = None) -> Verdict:
    """Reads entries, then head, and checks them; then what is kept beside them: marks, quotas, balances.

    While entries are being added it may report a fault: run it again.

    Args:
        anchored: what the anchors say; without it a roll-back of entries and head together is not found.

    Raises:
        UnknownKey: the key ring lacks a key that signed.
    """
    store = ctx.store
    entries = read_entries(store, learner_id)
    head = store.get(head_key(learner_id), Head)
    fault = verify_chain(learner_id, entries, head.value if head else None, ctx.macs)
    gone = rolled_back_at(entries, anchored.heads.get(learner_id, [])) if anchored else None
    if fault is None and gone:
        fault = Fault(FaultKind.ROLLED_BACK, gone)
    if fault is None:
        marks, periods = award_marks(store, learner_id), membership_periods(store, learner_id)
        fault = first_difference(entries, marks, periods)
    return Verdict(len(entries), fault)


def verify_all(ctx: LedgerContext, anchored: AnchorReport, inventory: Inventory) -> Iterator[tuple[LearnerId, Verdict]]:
    """Checks every ledger that the table has, or that an anchor or a posting says it should have.

    Raises:
        UnknownKey: the key ring lacks a key that signed.
    """
    for learner_id in sorted(inventory.learners | anchored.heads.keys() | inventory.posted.keys()):
        verdict = verify_ledger(ctx, learner_id, anchored)
        lost = first_unposted(verdict.entries, inventory.posted.get(learner_id, ()))
        if verdict.fault is None and lost:
            verdict = Verdict(verdict.entries, Fault(FaultKind.NOT_POSTED, lost))
        yield learner_id, verdict


def first_unposted(entries: int, posted: Iterable[int]) -> int | None:
    """The first number that is in the ledger and not under a day, or the other way round; None where all agree."""
    return min(set(range(1, entries + 1)).symmetric_difference(posted), default=None)
