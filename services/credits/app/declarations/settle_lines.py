"""Asking the ledgers, as a batch is closed, which of its lines may leave.

Each line is settled in a transaction that requires its learner's head: a review, a reversal or an erasure comes before
it and keeps the line back, or after it and finds that it has left.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from services.credits.app.context import RecordsContext
from services.credits.app.declarations.declare_hours import OpenBatch, open_batch
from services.credits.app.declarations.items import DECLARATIONS, LINES, line_key, lines_pk
from services.credits.app.ledger.items import head_key, learner_pk, read_entries
from services.credits.app.profiles.items import is_erased
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import Declaration, Line, settle, stands
from services.credits.domain.ids import EntryId, LearnerId
from services.credits.domain.ledger import Entry, Head
from services.kit.store import ABSENT, Change, Check, Key, Put, Store, Stored, Write, commit_retrying

LINES_PER_TRANSACTION = 24
"""A line is up to three items and its learner's head is checked: with the open batch 97 of the 100."""


@dataclass(frozen=True)
class LedgerView:
    """A learner's ledger as a transaction has read it, and that it is so still."""

    unchanged: Check
    entries: Sequence[Entry]
    erased: bool
    declarations: Mapping[EntryId, Stored[Declaration]]


def any_stands(store: Store, lines: Sequence[Line]) -> bool:
    """Whether anything of an open batch would leave now."""
    ledgers: dict[LearnerId, LedgerView] = {}
    for line in lines:
        if line.is_undecided and line.learner_id not in ledgers:
            ledgers[line.learner_id] = _ask(store, line.learner_id)
        if not line.withdrawn and (not line.is_undecided or _stands(line, ledgers[line.learner_id])):
            return True
    return False


def settle_lines(ctx: RecordsContext, credential: Credential, number: int) -> None:
    """Settles every line of a closed batch. Interrupted, the next call goes on with those that are undecided.

    Raises:
        Conflict: others kept writing.
    """
    lines = [stored.value for stored in ctx.store.query(lines_pk(credential, number), LINES, Line)]
    undecided = sorted((line.learner_id, line.line_id) for line in lines if line.is_undecided)
    for start in range(0, len(undecided), LINES_PER_TRANSACTION):
        some = undecided[start : start + LINES_PER_TRANSACTION]
        keys = [line_key(credential, number, line_id) for _, line_id in some]
        commit_retrying(ctx.store, partial(_plan, ctx.store, credential, keys))


def _plan(store: Store, credential: Credential, keys: Sequence[Key]) -> tuple[Change, None]:
    batch = open_batch(store, credential)
    ledgers: dict[LearnerId, LedgerView] = {}
    writes: list[Write] = []
    for stored in [found for key in keys if (found := store.get(key, Line))]:
        learner_id = stored.value.learner_id
        if learner_id not in ledgers:
            ledgers[learner_id] = _ask(store, learner_id)
        if stored.value.is_undecided:
            writes += _settled(stored, ledgers[learner_id], batch)
    unchanged = [ledger.unchanged for ledger in ledgers.values()]
    return Change([batch.check(), *unchanged, *writes] if writes else []), None


def _settled(stored: Stored[Line], ledger: LedgerView, batch: OpenBatch) -> Iterator[Put]:
    line = stored.value
    declared = ledger.declarations[line.entry_id]
    found = settle(declared.value, line, ledger.entries, erased=ledger.erased, open_batch=batch.number)
    yield stored.put(found.line)
    if found.declaration != declared.value:
        yield declared.put(found.declaration)
    if found.moved:
        yield Put(line_key(batch.credential, batch.number, found.moved.line_id), found.moved)


def _ask(store: Store, learner_id: LearnerId) -> LedgerView:
    """The head first: whatever else is read after it."""
    head = store.get(head_key(learner_id), Head)
    declarations = store.query(learner_pk(learner_id), DECLARATIONS, Declaration)
    return LedgerView(
        Check(head_key(learner_id), head.version if head else ABSENT),
        read_entries(store, learner_id),
        is_erased(store, learner_id),
        {stored.value.entry_id: stored for stored in declarations},
    )


def _stands(line: Line, ledger: LedgerView) -> bool:
    return not ledger.erased and stands(line, ledger.entries)
