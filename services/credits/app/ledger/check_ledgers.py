"""The nightly comparison: every ledger that grew lately is verified whole, and in turn every other one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from services.credits.app.context import LedgerContext
from services.credits.app.ledger.items import read_entries
from services.credits.app.ledger.postings import postings_of
from services.credits.app.ledger.verify_ledger import verify_ledger
from services.credits.domain.heads import SERVICE, head_in, unnoted
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry, Head
from services.credits.domain.verification import Fault, FaultKind
from services.kit.days import ONE_DAY, Days, civil_day
from services.kit.heads import Place, in_turn, part_of
from services.kit.sealing import Documents, read_document

LOOK_BACK = 3 * ONE_DAY
"""A run that was missed is made up for by the next one, and the one after it."""
NIGHTS_OF_A_ROUND = 14
"""So that a night that failed leaves nothing unseen for a month."""

Posted = dict[date, set[int]]
"""Numbers of entries, by the day under which they are posted."""


@dataclass
class LedgerCheck:
    """How many ledgers were looked at; what was found, by learner; what is wrong with the documents of heads."""

    ledgers: int
    faults: dict[LearnerId, list[Fault]]
    problems: list[str]


def check_ledgers(ctx: LedgerContext, documents: Documents) -> LedgerCheck:
    """Checks the ledgers that got entries on the last days, in Shanghai, that are over, and those whose turn it is.

    It changes nothing. The documents of heads are the list of all that ever grew.

    Raises:
        UnknownKey: the key ring lacks a key that signed.
    """
    today = civil_day(ctx.clock.now())
    posted: dict[LearnerId, Posted] = {}
    for day in Days(today - LOOK_BACK, today - ONE_DAY):
        for posting in postings_of(ctx.store, day):
            numbers = posted.setdefault(posting.learner_id, {}).setdefault(day, set())
            numbers.update(range(posting.first, posting.last + 1))
    heads, problems = _in_turn(documents, today)
    learners = sorted(posted.keys() | heads.keys())
    faults = dict(_faults(ctx, documents, learners, posted, heads))
    return LedgerCheck(len(learners), faults, problems)


def _in_turn(documents: Documents, today: date) -> tuple[dict[LearnerId, list[Head]], list[str]]:
    """The heads in the documents whose turn it is, and what is wrong with these."""
    heads: dict[LearnerId, list[Head]] = {}
    problems: list[str] = []
    for name in in_turn(documents.names(), today.toordinal(), NIGHTS_OF_A_ROUND):
        document = read_document(SERVICE, documents, name)
        problems += document.problems
        for head in map(head_in, document.heads):
            heads.setdefault(head.learner_id, []).append(head)
    return heads, problems


def _faults(
    ctx: LedgerContext,
    documents: Documents,
    learners: list[LearnerId],
    posted: dict[LearnerId, Posted],
    heads: dict[LearnerId, list[Head]],
) -> Iterator[tuple[LearnerId, list[Fault]]]:
    for learner_id in learners:
        # While entries are being added, head and entries may be read apart: only what is found twice is a fault.
        of_days, of_heads = posted.get(learner_id, {}), heads.get(learner_id, [])
        check = partial(_check, ctx, documents, learner_id, of_days, of_heads)
        faults = check() and check()
        if faults:
            yield learner_id, faults


def _unnoted(documents: Documents, learner_id: LearnerId, entries: list[Entry]) -> list[int]:
    """The last entry, if the heads of its day are made and do not reach it."""
    if not entries:
        return []
    day = civil_day(entries[-1].at)
    name = Place(day, part_of(learner_id)).name
    if documents.get(name) is None:
        return []
    heads = map(head_in, read_document(SERVICE, documents, name).heads)
    return unnoted(entries, [head for head in heads if head.learner_id == learner_id], Days(day, day))


def _check(
    ctx: LedgerContext, documents: Documents, learner_id: LearnerId, posted: Posted, heads: list[Head]
) -> list[Fault]:
    faults = verify_ledger(ctx, learner_id, heads).faults
    entries = read_entries(ctx.store, learner_id)
    faults += [Fault(FaultKind.UNNOTED, number) for number in _unnoted(documents, learner_id, entries)]
    for day, numbers in posted.items():
        differing = numbers ^ {entry.number for entry in entries if civil_day(entry.at) == day}
        faults += [Fault(FaultKind.NOT_POSTED, number) for number in sorted(differing)]
    return faults
