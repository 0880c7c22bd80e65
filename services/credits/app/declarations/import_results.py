"""Importing what the certifying body answered to a batch.

The whole file is checked first, and nothing of it is taken where any line is wrong. What is right is then written, so
many lines per transaction; interrupted, the same file imported again goes on with what is missing. A result never
changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256

from services.credits.app.context import RecordsContext
from services.credits.app.declarations.batch_file import ResultRow, read_results
from services.credits.app.declarations.export_batch import batch_lines
from services.credits.app.declarations.items import RESULTS, Batch, batch_key, lines_pk, result_key
from services.credits.app.declarations.problems import BATCH_NOT_FOUND, RESULTS_INVALID
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import Line, LineKind, LineResult, Outcome, batch_id
from services.credits.domain.ids import LineId
from services.credits.events.published import DeclarationAnswered
from services.kit.call import Call
from services.kit.events import Envelope
from services.kit.store import Change, Put, Store

ROWS_PER_TRANSACTION = 48
"""An answer is two items, itself and its event: with the audit record 97 of the 100 that a transaction takes."""


@dataclass(frozen=True)
class ImportSummary:
    """How the batch stands: lines by what was answered, and how many answers this import added."""

    added: int
    accepted: int
    denied: int
    unanswered: int


def import_results(
    ctx: RecordsContext, call: Call, credential: Credential, number: int, text: str, reason: str
) -> ImportSummary:
    """Records the answers in a file (CSV, as exported, with `result` and `reason` filled in), and publishes them.

    Args:
        reason: why or on what ground, for the audit log.

    Raises:
        Problem: BATCH_NOT_FOUND; RESULTS_INVALID with every mistake by its line.
        Conflict: somebody else imports results of these lines; the same file again goes on.
    """
    store = ctx.store
    batch = store.get(batch_key(credential, number), Batch)
    if batch is None or batch.value.file is None:
        raise BATCH_NOT_FOUND.problem()
    exported = {line.line_id: line for line in batch_lines(store, credential, number) if not line.withdrawn}
    known = read_outcomes(store, credential, number)
    rows, mistakes = read_results(text, exported.keys(), known)
    if mistakes:
        raise RESULTS_INVALID.problem(errors=[asdict(mistake) for mistake in mistakes])
    new = [row for row in rows if row.line_id not in known]
    subject = f"{batch_id(credential, number)} sha256:{sha256(text.encode()).hexdigest()}"
    for start in range(0, len(new), ROWS_PER_TRANSACTION):
        rows_now = new[start : start + ROWS_PER_TRANSACTION]
        writes = [_put(ctx, credential, number, row) for row in rows_now]
        audit = [ctx.audit.entry(call.caller, "import_results", subject, reason)] if not start else []
        store.commit(Change([*writes, *audit], _told(ctx, call, rows_now, exported)))
    outcomes = [*known.values(), *(row.outcome for row in new)]
    return ImportSummary(
        added=len(new),
        accepted=outcomes.count(Outcome.ACCEPTED),
        denied=outcomes.count(Outcome.DENIED),
        unanswered=len(exported) - len(outcomes),
    )


def read_outcomes(store: Store, credential: Credential, number: int) -> dict[LineId, Outcome]:
    """What was answered to a batch, by line."""
    stored = store.query(lines_pk(credential, number), RESULTS, LineResult)
    return {result.value.line_id: result.value.outcome for result in stored}


def _put(ctx: RecordsContext, credential: Credential, number: int, row: ResultRow) -> Put:
    result = LineResult(row.line_id, row.outcome, row.reason, ctx.clock.now())
    return Put(result_key(credential, number, row.line_id), result)


def _told(ctx: RecordsContext, call: Call, rows: Iterable[ResultRow], lines: Mapping[LineId, Line]) -> list[Envelope]:
    """An event for each answer to what a learner declared; that hours were taken back is told when it is done."""
    declared = [row for row in rows if lines[row.line_id].kind is LineKind.DECLARED]
    return [_event(ctx, call, row, lines[row.line_id]) for row in declared]


def _event(ctx: RecordsContext, call: Call, row: ResultRow, line: Line) -> Envelope:
    data = DeclarationAnswered(
        entry_id=line.entry_id,
        learner_id=line.learner_id,
        line_id=line.line_id,
        credential=line.credential,
        hours=format(line.hours, "f"),
        outcome=row.outcome,
        at=ctx.clock.now(),
    )
    return ctx.events.make(data, subject=line.line_id, correlation_id=call.correlation_id)
