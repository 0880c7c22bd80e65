"""Declaring hours to the certifying body: which way the declaration of an entry may go, and what a batch adds up to.

The lines of a credential are gathered in numbered batches, of which one is open. A line is put into the open batch when
it is made. When that is closed the ledger is asked of each line: one whose hours stand at that moment leaves, one whose
hours are under review moves on to the batch that is open by then, and any other is withdrawn. What has left is never
changed: the reversal of such an entry is a counter line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from services.credits.domain.balances import awarded
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ids import CourseId, EntryId, LearnerId, LineId, WatchId
from services.credits.domain.ledger import Entry, Kind
from services.credits.domain.periods import Period
from services.kit.days import civil_day
from services.kit.kinds import ID_ONLY, Kept, stored

FIRST_BATCH = 1


class LineKind(StrEnum):
    """Whether a line adds hours at the certifying body or takes them back."""

    DECLARED = "declared"
    COUNTER = "counter"


class Outcome(StrEnum):
    """What the certifying body answers to a line."""

    ACCEPTED = "accepted"
    DENIED = "denied"


class DeclarationState(StrEnum):
    """Where the declaration of an entry stands."""

    DECLARED = "declared"
    EXPORTED = "exported"
    ACCEPTED = "accepted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"


class Ending(StrEnum):
    """Why an entry is no longer declared."""

    REVERSED = "reversed"
    ERASED = "erased"


@stored(shape=1, personal=ID_ONLY)
class Line:
    """One row for the certifying body, of which only `withdrawn` and `left` can change, until one of them is set.

    `hours` are negative on a counter line, which names the line it takes back in `counters`. `left` is set on a
    declared line when its batch is closed and the ledger stands behind it; lines that left before this was noted, and
    counter lines, lack it. A line that moved on is withdrawn in the batch that it has left behind.
    """

    line_id: LineId
    kind: LineKind
    learner_id: LearnerId
    entry_id: EntryId
    credential: Credential
    period: Period
    hours: Decimal
    category: Category
    completed_on: date
    course_id: CourseId
    title: str
    watch_id: WatchId
    at: datetime
    counters: LineId | None = None
    withdrawn: bool = False
    left: bool = False

    @property
    def is_undecided(self) -> bool:
        """Whether the ledger has still to be asked before it may leave. A reversal is for good: of it nobody asks."""
        return self.kind is LineKind.DECLARED and not self.withdrawn and not self.left


@dataclass(frozen=True)
class Submission:
    """Which line of which batch."""

    batch: int
    line_id: LineId


@stored(shape=1, personal=ID_ONLY)
class Declaration:
    """The declaration of one entry: every time it was put to the certifying body, of which the last one counts.

    `counter` takes the last submission back.
    """

    entry_number: int
    entry_id: EntryId
    credential: Credential
    period: Period
    hours: Decimal
    submissions: tuple[Submission, ...]
    ending: Ending | None = None
    counter: Submission | None = None

    @property
    def last(self) -> Submission:
        """The submission that counts."""
        return self.submissions[-1]


@stored(
    shape=1,
    personal=Kept(
        "reason", because="the certifying body's own words; no name belongs into them", until="the table goes"
    ),
)
class LineResult:
    """The certifying body's answer to a line; `reason` is its own text, "" with an acceptance."""

    line_id: LineId
    outcome: Outcome
    reason: str
    at: datetime


@dataclass(frozen=True)
class Totals:
    """What a batch adds up to: lines that declare hours, lines that take hours back, and the difference."""

    rows: int
    declared_rows: int
    declared_hours: Decimal
    counter_rows: int
    counter_hours: Decimal
    net_hours: Decimal


@dataclass(frozen=True)
class Retraction:
    """A declaration that has ended, and what becomes of its line: withdrawn, countered, or (denied before) nothing."""

    declaration: Declaration
    withdrawn: Line | None = None
    counter: Line | None = None


@dataclass(frozen=True)
class Settlement:
    """What became of a line as its batch was closed: it left or was withdrawn; `moved` is it in the open batch."""

    declaration: Declaration
    line: Line
    moved: Line | None = None


def declarable(entries: Sequence[Entry], credential: Credential, period_start: date) -> list[Entry]:
    """The awards to a credential in one period that stand, in ledger order: neither reversed nor under review."""
    return [award for award in awarded(entries, credential) if award.period and award.period.start == period_start]


def reversed_numbers(entries: Iterable[Entry]) -> frozenset[int]:
    """The numbers of the entries whose hours were taken back."""
    return frozenset(entry.settles for entry in entries if entry.kind is Kind.REVERSAL and entry.settles)


def state_of(declaration: Declaration, open_batch: int, result: Outcome | None) -> DeclarationState:
    """Where a declaration stands. `result` is that of its last submission, None while there is none."""
    if declaration.counter:
        return DeclarationState.TAKEN_BACK
    if result:
        return DeclarationState(result)
    if declaration.ending:
        return DeclarationState.WITHDRAWN
    return DeclarationState.DECLARED if declaration.last.batch == open_batch else DeclarationState.EXPORTED


def may_be_declared(known: Declaration | None, result: Outcome | None) -> bool:
    """Whether a standing entry may be declared (again): it is not, or was denied; one that has ended stays so."""
    return known is None or (known.ending is None and result is Outcome.DENIED)


def declare(
    entry: Entry, known: Declaration | None, result: Outcome | None, open_batch: int, at: datetime
) -> tuple[Declaration, Line] | None:
    """Puts an awarded entry into the open batch; None where it is declared already, and not denied, or has ended."""
    if not may_be_declared(known, result):
        return None
    earlier = known.submissions if known else ()
    line = _line(entry, LineId(f"{entry.entry_id}-{len(earlier) + 1}"), at)
    submissions = (*earlier, Submission(open_batch, line.line_id))
    if known:
        return replace(known, submissions=submissions), line
    first = Declaration(entry.number, entry.entry_id, line.credential, line.period, line.hours, submissions)
    return first, line


def take_back(
    declaration: Declaration, line: Line, result: Outcome | None, ending: Ending, open_batch: int, at: datetime
) -> Retraction | None:
    """Ends a declaration whose last line is `line`; None where there is nothing to do.

    A line that has not left is withdrawn. One that has left is countered, unless it was denied; it is not where the
    learner was only erased, since the hours stand.
    """
    if declaration.ending:
        return None
    ended = replace(declaration, ending=ending)
    if not line.left:
        return Retraction(ended, withdrawn=replace(line, withdrawn=True))
    if ending is Ending.ERASED:
        return None
    if result is Outcome.DENIED:
        return Retraction(ended)
    counter = replace(
        line,
        line_id=LineId(f"{line.line_id}-c"),
        kind=LineKind.COUNTER,
        hours=-line.hours,
        at=at,
        counters=line.line_id,
        left=False,
    )
    return Retraction(replace(ended, counter=Submission(open_batch, counter.line_id)), counter=counter)


def settle(
    declaration: Declaration, line: Line, entries: Sequence[Entry], *, erased: bool, open_batch: int
) -> Settlement:
    """What becomes of an undecided line of a closed batch, as its learner's ledger stands at this moment.

    One that was countered, by code that took it for having left, leaves: the two belong together.
    """
    if declaration.counter or (not erased and stands(line, entries)):
        return Settlement(declaration, replace(line, left=True))
    withdrawn = replace(line, withdrawn=True)
    if declaration.entry_number in reversed_numbers(entries):
        return Settlement(replace(declaration, ending=Ending.REVERSED), withdrawn)
    if erased:
        return Settlement(replace(declaration, ending=Ending.ERASED), withdrawn)
    submissions = (*declaration.submissions[:-1], Submission(open_batch, line.line_id))
    return Settlement(replace(declaration, submissions=submissions), withdrawn, moved=line)


def stands(line: Line, entries: Sequence[Entry]) -> bool:
    """Whether the hours of a declared line count: neither reversed nor under review."""
    return any(award.entry_id == line.entry_id for award in awarded(entries, line.credential))


def totals(lines: Iterable[Line]) -> Totals:
    """What the lines that were not withdrawn add up to."""
    left = [line for line in lines if not line.withdrawn]
    declared = [line.hours for line in left if line.kind is LineKind.DECLARED]
    countered = [line.hours for line in left if line.kind is LineKind.COUNTER]
    declared_hours, counter_hours = sum(declared, Decimal(0)), sum(countered, Decimal(0))
    return Totals(
        rows=len(left),
        declared_rows=len(declared),
        declared_hours=declared_hours,
        counter_rows=len(countered),
        counter_hours=counter_hours,
        net_hours=declared_hours + counter_hours,
    )


def batch_id(credential: Credential, number: int) -> str:
    """The batch's name towards the certifying body."""
    return f"{credential}-{number:06d}"


def _line(entry: Entry, line_id: LineId, at: datetime) -> Line:
    if entry.credential is None or entry.period is None:
        raise ValueError("an award names its credential and period")
    watch = entry.completion
    return Line(
        line_id=line_id,
        kind=LineKind.DECLARED,
        learner_id=entry.learner_id,
        entry_id=entry.entry_id,
        credential=entry.credential,
        period=entry.period,
        hours=entry.hours,
        category=watch.category,
        completed_on=civil_day(watch.completed_at),
        course_id=watch.course_id,
        title=watch.title,
        watch_id=watch.watch_id,
        at=at,
    )
