"""Importing what the certifying body answered to a batch.

The whole file is checked first, and nothing of it is taken where any line is wrong. What is right is then written, so
many lines per transaction; interrupted, the same file imported again goes on with what is missing. A result never
changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256

from services.credits.app.declarations.batch_file import ResultRow, read_results
from services.credits.app.declarations.export_batch import Batch, batch_lines
from services.credits.app.documents.records import Records
from services.credits.app.keys import RESULTS, batch_key, lines_pk, result_key
from services.credits.app.problems import BATCH_NOT_FOUND, RESULTS_INVALID
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import Line, LineKind, Outcome, Result, batch_id
from services.credits.events.published import DeclarationAnswered
from services.kit.events import Envelope
from services.kit.identity import Principal
from services.kit.store import Change, Put, Store

ROWS_PER_TRANSACTION = 48
"""An answer is two items, itself and its event: with the audit record 97 of the 100 that a transaction takes."""


@dataclass(frozen=True)
class Imported:
    """How the batch stands: lines by what was answered, and how many answers this import added."""

    added: int
    accepted: int
    denied: int
    unanswered: int


def import_results(
    records: Records,
    officer: Principal,
    credential: Credential,
    number: int,
    text: str,
    reason: str,
    correlation_id: str,
) -> Imported:
    """Records the answers in a file (CSV, as exported, with `result` and `reason` filled in), and publishes them.

    Args:
        reason: why or on what ground, for the audit log.

    Raises:
        Problem: BATCH_NOT_FOUND; RESULTS_INVALID with every mistake by its line.
        Conflict: somebody else imports results of these lines; the same file again goes on.
    """
    store = records.store
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
        writes = [_put(records, credential, number, row) for row in rows_now]
        audit = [records.audit.entry(officer, "import_results", subject, reason)] if not start else []
        store.commit(Change([*writes, *audit], _told(records, rows_now, exported, correlation_id)))
    outcomes = [*known.values(), *(row.outcome for row in new)]
    return Imported(
        added=len(new),
        accepted=outcomes.count(Outcome.ACCEPTED),
        denied=outcomes.count(Outcome.DENIED),
        unanswered=len(exported) - len(outcomes),
    )


def read_outcomes(store: Store, credential: Credential, number: int) -> dict[str, Outcome]:
    """What was answered to a batch, by line."""
    stored = store.query(lines_pk(credential, number), RESULTS, Result)
    return {result.value.line_id: result.value.outcome for result in stored}


def _put(records: Records, credential: Credential, number: int, row: ResultRow) -> Put:
    result = Result(row.line_id, row.outcome, row.reason, records.clock.now())
    return Put(result_key(credential, number, row.line_id), result)


def _told(
    records: Records, rows: Iterable[ResultRow], lines: Mapping[str, Line], correlation_id: str
) -> list[Envelope]:
    """An event for each answer to what a learner declared; that hours were taken back is told when it is done."""
    declared = [row for row in rows if lines[row.line_id].kind is LineKind.DECLARED]
    return [_event(records, row, lines[row.line_id], correlation_id) for row in declared]


def _event(records: Records, row: ResultRow, line: Line, correlation_id: str) -> Envelope:
    data = DeclarationAnswered(
        entry_id=line.entry_id,
        learner_id=line.learner_id,
        line_id=line.line_id,
        credential=line.credential,
        hours=format(line.hours, "f"),
        outcome=row.outcome,
        at=records.clock.now(),
    )
    return records.events.make(data.TYPE, data, subject=line.line_id, correlation_id=correlation_id)
