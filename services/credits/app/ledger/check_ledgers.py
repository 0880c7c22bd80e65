"""The nightly comparison: every ledger that grew lately is verified whole, with what is kept beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.credits.app.context import LedgerContext
from services.credits.app.ledger.items import read_entries
from services.credits.app.ledger.postings import postings_of
from services.credits.app.ledger.verify_ledger import verify_ledger
from services.credits.domain.ids import LearnerId
from services.credits.domain.verification import Fault, FaultKind
from services.kit.days import ONE_DAY, Days, civil_day

LOOK_BACK = 3 * ONE_DAY
"""A run that was missed is made up for by the next one, and the one after it."""


@dataclass
class LedgerCheck:
    """How many ledgers were looked at, and what was found, by learner."""

    ledgers: int
    faults: dict[LearnerId, Fault]


def check_ledgers(ctx: LedgerContext) -> LedgerCheck:
    """Checks the ledgers that got entries on the last days, in Shanghai, that are over. It changes nothing.

    Raises:
        UnknownKey: the key ring lacks a key that signed.
    """
    today = civil_day(ctx.clock.now())
    posted: dict[LearnerId, dict[date, set[int]]] = {}
    for day in Days(today - LOOK_BACK, today - ONE_DAY):
        for posting in postings_of(ctx.store, day):
            numbers = posted.setdefault(posting.learner_id, {}).setdefault(day, set())
            numbers.update(range(posting.first, posting.last + 1))
    return LedgerCheck(len(posted), dict(_faults(ctx, posted)))


def _faults(ctx: LedgerContext, posted: dict[LearnerId, dict[date, set[int]]]) -> Iterator[tuple[LearnerId, Fault]]:
    for learner_id, numbers in sorted(posted.items()):
        # While entries are being added, head and entries may be read apart: only what is found twice is a fault.
        fault = _check(ctx, learner_id, numbers) and _check(ctx, learner_id, numbers)
        if fault:
            yield learner_id, fault


def _check(ctx: LedgerContext, learner_id: LearnerId, posted: dict[date, set[int]]) -> Fault | None:
    fault = verify_ledger(ctx, learner_id).fault
    if fault:
        return fault
    entries = read_entries(ctx.store, learner_id)
    for day, numbers in posted.items():
        differing = numbers ^ {entry.number for entry in entries if civil_day(entry.at) == day}
        if differing:
            return Fault(FaultKind.NOT_POSTED, min(differing))
    return None
