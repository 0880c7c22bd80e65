"""Declaring a learner's hours to the certifying body, and taking back what was reversed."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.credits.app.context import Context
from services.credits.app.declarations.items import (
    DECLARATIONS,
    Batch,
    Gate,
    batch_key,
    declaration_key,
    gate_key,
    line_key,
    result_key,
)
from services.credits.app.declarations.problems import NOTHING_TO_DECLARE
from services.credits.app.ledger.items import head_key, learner_pk, read_entries
from services.credits.app.profiles.items import is_erased
from services.credits.app.profiles.problems import PERSON_ERASED
from services.credits.domain.balances import awarded
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import (
    FIRST_BATCH,
    Declaration,
    DeclarationState,
    Ending,
    Line,
    LineResult,
    Retraction,
    declarable,
    declare,
    may_be_declared,
    reversed_numbers,
    state_of,
    take_back,
)
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry, Head
from services.credits.events.consumed import AboutLearner
from services.kit.call import Call
from services.kit.events import Envelope
from services.kit.store import ABSENT, Change, Check, Page, Put, Store, Stored, commit_retrying, read_or

MAX_DECLARATIONS = 100
"""In a page; each is up to two reads, itself and what the certifying body answered."""

LINES_PER_TRANSACTION = 45
"""A declared entry is two items, and two are checked: 92 of the 100 that a transaction takes."""


@dataclass(frozen=True)
class OpenBatch:
    """The batch that lines go into now, and the condition that it is still open."""

    credential: Credential
    gate: Stored[Gate]

    @property
    def number(self) -> int:
        """The batch's number."""
        return self.gate.value.open_batch

    def check(self) -> Check:
        """Required of every transaction that touches a line."""
        return Check(self.gate.key, self.gate.version)

    def close(self) -> Put:
        """Opens the next one."""
        return self.gate.put(replace(self.gate.value, open_batch=self.number + 1))


@dataclass(frozen=True)
class DeclaredEntry:
    """A declaration as the learner sees it; `result` is the certifying body's answer to its last line."""

    declaration: Declaration
    state: DeclarationState
    result: LineResult | None


@dataclass(frozen=True)
class OpenHours:
    """What of a certificate's period may be declared now, in the order of the ledger."""

    credential: Credential
    period_start: date
    entries: list[Entry]

    @property
    def hours(self) -> Decimal:
        """What they come to."""
        return sum((entry.hours for entry in self.entries), Decimal(0))


def open_batch(store: Store, credential: Credential) -> OpenBatch:
    """The credential's open batch."""
    return OpenBatch(credential, read_or(store, gate_key(credential), Gate(FIRST_BATCH)))


def declare_hours(ctx: Context, call: Call, credential: Credential, period_start: date) -> list[DeclaredEntry]:
    """Declares what was awarded for a certificate in one period and may be declared; returns the period's declarations.

    Interrupted between two transactions, the same call goes on with the rest. Once all is declared it changes nothing.

    Raises:
        Problem: NOTHING_TO_DECLARE, PERSON_ERASED.
        Conflict: others kept writing.
    """

    store, learner_id = ctx.store, LearnerId(call.caller_id)

    def plan() -> tuple[Change, bool]:
        # The head first: what is reversed after this makes the transaction fail.
        head = store.get(head_key(learner_id), Head)
        if is_erased(store, learner_id):
            raise PERSON_ERASED.problem()
        batch = open_batch(store, credential)
        awards = declarable(read_entries(store, learner_id), credential, period_start)
        known = {stored.value.entry_number: stored for stored in _declarations(store, learner_id)}
        if not awards and not _of_period(known.values(), credential, period_start):
            raise NOTHING_TO_DECLARE.problem()
        writes = [write for entry in awards for write in _declare(ctx, entry, known.get(entry.number), batch)]
        now, later = writes[: 2 * LINES_PER_TRANSACTION], writes[2 * LINES_PER_TRANSACTION :]
        if not now:
            return Change(), False
        unchanged = [Check(head_key(learner_id), head.version if head else ABSENT), batch.check()]
        return Change([*unchanged, *now]), bool(later)

    while commit_retrying(store, plan):
        pass
    declarations = [stored.value for stored in _declarations(store, learner_id)]
    of_period = [of for of in declarations if (of.credential, of.period.start) == (credential, period_start)]
    return _all_declared(store, of_period)


def read_declarations(
    store: Store, learner_id: LearnerId, after: int = 0, limit: int = MAX_DECLARATIONS
) -> Page[DeclaredEntry]:
    """A page of a learner's declarations, in the order of the ledger, from the first one after entry number `after`."""
    begins = declaration_key(learner_id, after)
    page = store.page(begins.pk, DECLARATIONS, Declaration, begins.sk, limit)
    return Page(_all_declared(store, [stored.value for stored in page.items]), page.after)


def _all_declared(store: Store, declarations: Sequence[Declaration]) -> list[DeclaredEntry]:
    numbers = {c: open_batch(store, c).number for c in {declaration.credential for declaration in declarations}}
    return [_declared(store, declaration, numbers[declaration.credential]) for declaration in declarations]


def read_open_hours(store: Store, learner_id: LearnerId) -> list[OpenHours]:
    """What `declare_hours` would declare of each period, as the ledger and all declarations stand."""
    declarations = store.query(declaration_key(learner_id, 0).pk, DECLARATIONS, Declaration)
    declared = _all_declared(store, [stored.value for stored in declarations])
    known = {one.declaration.entry_number: one for one in declared}
    found: dict[tuple[Credential, date], list[Entry]] = {}
    entries = read_entries(store, learner_id)
    for credential in Credential:
        for entry in awarded(entries, credential):
            one = known.get(entry.number)
            result = one.result.outcome if one and one.result else None
            if entry.period and may_be_declared(one.declaration if one else None, result):
                found.setdefault((credential, entry.period.start), []).append(entry)
    return [OpenHours(*of, open_entries) for of, open_entries in found.items()]


def _declared(store: Store, declaration: Declaration, open_number: int) -> DeclaredEntry:
    result = _result(store, declaration, open_number)
    state = state_of(declaration, open_number, result.outcome if result else None)
    return DeclaredEntry(declaration, state, result)


def take_back_reversed(ctx: Context, event: Envelope) -> None:
    """Takes back the declarations of all the learner's entries that are reversed, one transaction each.

    It needs no inbox marker: what has ended is not ended again.

    Raises:
        ValueError: the event is not a reversal.
        Conflict: others kept writing; the queue delivers the event again.
    """
    learner_id = AboutLearner.model_validate(event.data).learner_id
    end_declarations(ctx, learner_id, reversed_numbers(read_entries(ctx.store, learner_id)), Ending.REVERSED)


def end_declarations(ctx: Context, learner_id: LearnerId, numbers: Container[int], ending: Ending) -> None:
    """Ends the declarations of these entries, one transaction each; those that have ended stay as they are."""
    for stored in _declarations(ctx.store, learner_id):
        if stored.value.entry_number in numbers:
            _end(ctx, learner_id, stored.value.entry_number, ending)


def _declare(ctx: Context, entry: Entry, known: Stored[Declaration] | None, batch: OpenBatch) -> list[Put]:
    result = _result(ctx.store, known.value, batch.number) if known else None
    outcome = result.outcome if result else None
    declared = declare(entry, known.value if known else None, outcome, batch.number, ctx.clock.now())
    if declared is None:
        return []
    declaration, line = declared
    key = declaration_key(entry.learner_id, entry.number)
    return [
        known.put(declaration) if known else Put(key, declaration),
        Put(line_key(batch.credential, batch.number, line.line_id), line),
    ]


def _end(ctx: Context, learner_id: LearnerId, number: int, ending: Ending) -> None:
    store = ctx.store

    def plan() -> tuple[Change, None]:
        stored = store.get(declaration_key(learner_id, number), Declaration)
        if stored is None:
            return Change(), None
        last, credential = stored.value.last, stored.value.credential
        batch = open_batch(store, credential)
        line = store.get(line_key(credential, last.batch, last.line_id), Line)
        if line is None:
            raise LookupError(f"line {last.line_id} of batch {credential} {last.batch} is missing")
        result = store.get(result_key(credential, last.batch, last.line_id), LineResult)
        outcome = result.value.outcome if result else None
        found = replace(line.value, left=_has_left(store, line.value, last.batch, batch))
        taken = take_back(stored.value, found, outcome, ending, batch.number, ctx.clock.now())
        if taken is None:
            return Change(), None
        answered = Check(result_key(credential, last.batch, last.line_id), result.version if result else ABSENT)
        return Change([batch.check(), answered, *_ended(stored, line, taken, batch)]), None

    commit_retrying(store, plan)


def _has_left(store: Store, line: Line, number: int, open_now: OpenBatch) -> bool:
    """Of a batch that is being closed a line has left once it says so; of one with a file, whatever it says, it has."""
    if line.left or number == open_now.number:
        return line.left
    batch = store.get(batch_key(open_now.credential, number), Batch)
    return batch is not None and batch.value.file is not None


def _ended(stored: Stored[Declaration], line: Stored[Line], taken: Retraction, batch: OpenBatch) -> list[Put]:
    writes = [stored.put(taken.declaration)]
    if taken.withdrawn:
        writes.append(line.put(taken.withdrawn))
    if taken.counter:
        writes.append(Put(line_key(batch.credential, batch.number, taken.counter.line_id), taken.counter))
    return writes


def _declarations(store: Store, learner_id: LearnerId) -> list[Stored[Declaration]]:
    return store.query(learner_pk(learner_id), DECLARATIONS, Declaration)


def _of_period(
    declarations: Iterable[Stored[Declaration]], credential: Credential, period_start: date
) -> list[Declaration]:
    found = (stored.value for stored in declarations)
    return [d for d in found if d.credential is credential and d.period.start == period_start]


def _result(store: Store, declaration: Declaration, open_batch: int) -> LineResult | None:
    last = declaration.last
    if last.batch == open_batch:
        return None
    stored = store.get(result_key(declaration.credential, last.batch, last.line_id), LineResult)
    return stored.value if stored else None
